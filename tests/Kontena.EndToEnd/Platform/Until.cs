namespace Kontena.EndToEnd.Platform;

/// <summary>Waits for something to become true and says what never did.</summary>
internal static class Until
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);

    public static Task TrueAsync(string what, Func<Task<bool>> condition, int seconds = 30) =>
        TrueAsync(what, async () => await condition() ? null : "it is not so", seconds);

    /// <param name="missing">What is not yet as it should be; null when all is. The last of it is in the error.</param>
    public static async Task TrueAsync(string what, Func<Task<string?>> missing, int seconds = 30)
    {
        var end = TimeProvider.System.GetUtcNow().AddSeconds(seconds);
        var began = TimeProvider.System.GetTimestamp();
        while (await missing() is { } still)
        {
            if (TimeProvider.System.GetUtcNow() > end)
                throw new TimeoutException($"not within {seconds} s: {what}; at last: {still}");
            // A look that costs much, as of programs in every container, does not take the processors from what it waits for.
            var took = TimeProvider.System.GetElapsedTime(began);
            await Task.Delay(took > ShortestPause ? took : ShortestPause, TimeProvider.System, CancellationToken.None);
            began = TimeProvider.System.GetTimestamp();
        }
    }

    public static async Task<string> AnswersAsync(Uri url, int seconds = 30)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var answer = "";
        await TrueAsync($"{url} answers", async () =>
        {
            try
            {
                answer = await http.GetStringAsync(url);
                return true;
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
            {
                return false;
            }
        }, seconds);
        return answer;
    }
}
