using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kontena.Api.Tests.Auth;

/// <summary>An OAuth2 provider with one user, who always agrees. Checks what RFC 6749 and RFC 7636 have it check.</summary>
internal sealed class SmallProvider : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentDictionary<string, (string? Challenge, string Redirect)> _codes = new(StringComparer.Ordinal);
    private int _codesMade;

    private SmallProvider(WebApplication application) => _application = application;

    public const string ClientId = "kontena";
    public const string ClientSecret = "hush";

    public string Address => _application.Urls.First();

    /// <summary>What is known of the user.</summary>
    public string UserInfo { get; set; } = """{"user":{"login":"dev","id":7,"emails":["dev@example.org"]}}""";

    /// <summary>In place of the answer to an exchange.</summary>
    public Func<HttpContext, Task>? TokenInstead { get; set; }

    public ConcurrentQueue<string> Asked { get; } = new();

    public static async Task<SmallProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var application = builder.Build();
        var provider = new SmallProvider(application);
        application.Run(provider.AnswerAsync);
        await application.StartAsync(TestContext.Current.CancellationToken);
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        Asked.Enqueue(http.Request.Path);
        if (http.Request.Path == "/authorize")
            Authorize(http);
        else if (http.Request.Path == "/token")
            await (TokenInstead is { } instead ? instead(http) : TokenAsync(http));
        else if (http.Request.Path == "/userinfo" && http.Request.Headers.Authorization == "Bearer the-providers-token")
            await http.Response.WriteAsync(UserInfo);
        else
            http.Response.StatusCode = 401;
    }

    private void Authorize(HttpContext http)
    {
        var query = http.Request.Query;
        if (query["response_type"] != "code" || query["client_id"] != ClientId)
        {
            http.Response.StatusCode = 400;
            return;
        }

        var code = $"code-{Interlocked.Increment(ref _codesMade)}";
        var redirect = query["redirect_uri"].ToString();
        _codes[code] = (query["code_challenge"].ToString() is { Length: > 0 } challenge ? challenge : null, redirect);
        http.Response.Redirect($"{redirect}?code={code}&state={query["state"]}");
    }

    private async Task TokenAsync(HttpContext http)
    {
        var body = await FieldsAsync(http);
        var good = body["grant_type"] == "authorization_code" && body["client_id"] == ClientId && body["client_secret"] == ClientSecret
            && _codes.TryRemove(body["code"], out var made) && body["redirect_uri"] == made.Redirect
            && (made.Challenge is null || made.Challenge == Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(body.GetValueOrDefault("code_verifier", "")))));
        http.Response.StatusCode = good ? 200 : 400;
        await http.Response.WriteAsync(good ? """{"access_token":"the-providers-token","token_type":"bearer"}""" : """{"error":"invalid_grant"}""");
    }

    private static async Task<Dictionary<string, string>> FieldsAsync(HttpContext http)
    {
        if (http.Request.HasFormContentType)
            return (await http.Request.ReadFormAsync()).ToDictionary(one => one.Key, one => one.Value.ToString(), StringComparer.Ordinal);
        var json = await JsonNode.ParseAsync(http.Request.Body);
        return json!.AsObject().ToDictionary(one => one.Key, one => one.Value!.ToString(), StringComparer.Ordinal);
    }
}
