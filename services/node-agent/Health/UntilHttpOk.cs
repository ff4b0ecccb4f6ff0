using System.Net.Http;

namespace Kontena.NodeAgent.Health;

/// <summary>One HTTP request: 200 to 399 is healthy, redirects are not followed (runtime.md §3.11). The timeout covers the answer too.</summary>
internal static class UntilHttpOk
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        MaxResponseHeadersLength = 64,
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Null when it answers well, else why not.</summary>
    public static async Task<string?> AnswersAsync(
        string host, int port, string path, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var address = $"http://{host}:{port}{(path.StartsWith('/') ? path : "/" + path)}";
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation("User-Agent", "Kontena-Agent");
            using var response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            var code = (int)response.StatusCode;
            return code is >= 200 and < 400 ? null : $"GET {address}: status {code}";
        }
        catch (HttpRequestException error)
        {
            return $"GET {address}: {error.Message}";
        }
        catch (UriFormatException)
        {
            return $"GET {address}: not a valid address; check the health check's uri";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"GET {address}: no answer within {timeout.TotalSeconds:0.#} s";
        }
    }
}
