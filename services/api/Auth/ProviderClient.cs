using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kontena.Api.Auth;

/// <summary>Asks the external provider: a code for a token, a token for whose it is (rest-api.md §3.6). Goes nowhere but where it is configured to: redirects are not followed.</summary>
internal sealed partial class ProviderClient(TimeProvider time, ILogger<ProviderClient> logger) : IDisposable
{
    /// <summary>For each of the two questions, answer and all.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of an answer.</summary>
    public const int LargestAnswer = 64 * 1024;
    private const int MaxDepth = 16;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, MaxConnectionsPerServer = 16, PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = LargestAnswer,
    };

    public void Dispose() => _http.Dispose();

    /// <returns>Null when it did not work out; why is in the log.</returns>
    public async Task<UserInfo?> WhoAsync(LoginProvider provider, string code, string? verifier, CancellationToken cancellationToken)
    {
        if (await ExchangeAsync(provider, code, verifier, cancellationToken) is not { } token)
            return null;
        var address = provider.UserInfo.Replace(":access_token", Uri.EscapeDataString(token), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = provider.UserInfoWithBasicAuth ? Basic(provider) : new AuthenticationHeaderValue("Bearer", token);
        using var answer = await AskAsync(request, "userinfo", cancellationToken);
        return answer is null ? null : UserInfo.Read(answer.RootElement, provider.Paths);
    }

    private async Task<string?> ExchangeAsync(LoginProvider provider, string code, string? verifier, CancellationToken cancellationToken)
    {
        var fields = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code", ["code"] = code, ["client_id"] = provider.ClientId, ["client_secret"] = provider.ClientSecret,
            ["redirect_uri"] = provider.Callback,
        };
        if (verifier is not null)
            fields["code_verifier"] = verifier;
        using var request = RequestOf(provider, fields);
        if (provider.TokenWithBasicAuth)
            request.Headers.Authorization = Basic(provider);
        using var answer = await AskAsync(request, "token", cancellationToken);
        var token = answer is { RootElement.ValueKind: JsonValueKind.Object } && answer.RootElement.TryGetProperty("access_token", out var given)
            && given.ValueKind == JsonValueKind.String ? given.GetString() : null;
        if (answer is not null && string.IsNullOrEmpty(token))
            LogNoAnswer("token", "its JSON has no access_token");
        return string.IsNullOrEmpty(token) || token.Any(char.IsControl) ? null : token;
    }

    private static HttpRequestMessage RequestOf(LoginProvider provider, Dictionary<string, string> fields)
    {
        if (provider.TokenByGet)
            return new(HttpMethod.Get, Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(provider.Token.AbsoluteUri, fields!));
        return new(HttpMethod.Post, provider.Token)
        {
            Content = provider.TokenAsForm
                ? new FormUrlEncodedContent(fields)
                : new StringContent(new JsonObject(fields.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value))).ToJsonString(), Encoding.UTF8, MediaTypeNames.Application.Json),
        };
    }

    private static AuthenticationHeaderValue Basic(LoginProvider provider) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{provider.ClientId}:{provider.ClientSecret}")));

    private async Task<JsonDocument?> AskAsync(HttpRequestMessage request, string endpoint, CancellationToken cancellationToken)
    {
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaTypeNames.Application.Json));
        // Some providers refuse whoever does not say who they are.
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("kontena", "1.5"));
        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, both.Token);
            if (!response.IsSuccessStatusCode)
            {
                LogNoAnswer(endpoint, $"it answered {(int)response.StatusCode}");
                return null;
            }

            return JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(both.Token), new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogNoAnswer(endpoint, $"no whole answer within {Patience.TotalSeconds:0} s");
        }
        catch (HttpRequestException problem)
        {
            // Its message names the host and port at most; the address may have a token in it.
            LogNoAnswer(endpoint, problem.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded ? $"its answer is over {LargestAnswer / 1024} KiB" : problem.HttpRequestError.ToString());
        }
        catch (JsonException)
        {
            LogNoAnswer(endpoint, "its answer is no JSON");
        }

        return null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A login through the provider failed at its {Endpoint} end point: {Reason}")]
    private partial void LogNoAnswer(string endpoint, string reason);
}
