using System.Security.Cryptography;
using System.Text;

namespace Kontena.Api.Auth;

/// <summary>Shows the code that stands behind the <c>#</c> of its address, where no server sees it, for people to copy (rest-api.md §4). Always the same text.</summary>
internal sealed class CodePage : IResult
{
    public const string Path = "/code";

    /// <summary>As text, never as HTML: an address can be made by anybody.</summary>
    private const string Script = """
        const code = new URLSearchParams(location.hash.slice(1)).get('code');
        document.getElementById('code').textContent = code || 'There is no code in the address of this page.';
        """;

    private static readonly byte[] Page = Encoding.UTF8.GetBytes($"""
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>Kontena: your code</title></head>
        <body><h1>Your code</h1><p>Give it to the program that asks for it, and to nobody else. It is worth something once.</p>
        <pre id="code"></pre><script>{Script}</script></body></html>
        """);

    private static readonly string Policy =
        $"default-src 'none'; script-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script)))}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    public static readonly CodePage Shown = new();

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "text/html; charset=utf-8";
        httpContext.Response.ContentLength = Page.Length;
        httpContext.Response.Headers.ContentSecurityPolicy = Policy;
        return httpContext.Response.Body.WriteAsync(Page, httpContext.RequestAborted).AsTask();
    }
}
