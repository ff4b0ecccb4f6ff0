using System.Collections.Concurrent;

namespace Kontena.Bench;

/// <summary>Constant load on one address until its input is closed: says <c>ready</c> after the first answer, and <c>3 of 5120 requests failed</c> in the end.</summary>
internal sealed class Load(Uri url, TimeProvider time)
{
    private const int Workers = 8;
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(40);      // 200 requests a second
    private readonly ConcurrentDictionary<string, int> _failures = new();
    private int _answers;
    private int _failed;

    public async Task RunAsync()
    {
        using var over = new CancellationTokenSource();
        // A connection for each request: what is shown is the way to the service, not how long a connection lasts.
        using var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero, ConnectTimeout = TimeSpan.FromSeconds(2) })
        {
            Timeout = TimeSpan.FromSeconds(5),
        };
        var workers = Enumerable.Range(0, Workers).Select(_ => WorkAsync(http, over.Token)).ToArray();
        while (await Console.In.ReadLineAsync() is not null)
        {
        }

        await over.CancelAsync();
        await Task.WhenAll(workers);
        foreach (var (failure, count) in _failures)
            Console.WriteLine($"{count} × {failure}");
        Console.WriteLine($"{_failed} of {_answers + _failed} requests failed");
    }

    private async Task WorkAsync(HttpClient http, CancellationToken over)
    {
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            try
            {
                await http.GetStringAsync(url, CancellationToken.None);
                if (Interlocked.Increment(ref _answers) == 1)
                    Console.WriteLine("ready");
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
            {
                if (Interlocked.Increment(ref _failed) == 1)
                    Console.Error.WriteLine(exception.InnerException?.Message ?? exception.Message);
                _failures.AddOrUpdate(exception.InnerException?.Message ?? exception.Message, 1, (_, count) => count + 1);
            }

            try
            {
                await timer.WaitForNextTickAsync(over);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
        while (true);
    }
}
