using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Kontena.Cli.Tests.Support;

/// <param name="Path">With the query, as it was sent.</param>
internal sealed record SeenRequest(string Method, string Path, string Body, string? Authorization);

/// <summary>A master that answers what a test scripted, over real HTTP, and remembers what it was asked. A request nobody planned gets status 599.</summary>
internal sealed class FakeMaster : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Func<HttpContext, Task>>> script = new();
    private readonly ConcurrentQueue<SeenRequest> seen = new();

    private FakeMaster(WebApplication app) => this.app = app;

    public IReadOnlyList<SeenRequest> Seen => [.. seen];

    public string Url => app.Urls.First();

    public static async Task<FakeMaster> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var master = new FakeMaster(app);
        app.UseWebSockets();
        app.Run(master.AnswerAsync);
        await app.StartAsync();
        return master;
    }

    /// <summary>The answers to a path (with its query), in turn; the last one is given again and again.</summary>
    public FakeMaster On(string method, string path, params string[] bodies)
    {
        foreach (var body in bodies) Script(method, path, context => WriteAsync(context, 200, body));
        return this;
    }

    public FakeMaster OnStatus(string method, string path, int status, string body = "")
    {
        Script(method, path, context => WriteAsync(context, status, body));
        return this;
    }

    /// <summary>Chunks of a stream, each flushed; then the connection ends.</summary>
    public FakeMaster OnStream(string path, params string[] chunks)
    {
        Script("GET", path, async context =>
        {
            context.Response.ContentType = "application/json";
            foreach (var chunk in chunks)
            {
                await context.Response.WriteAsync(chunk);
                await context.Response.Body.FlushAsync();
            }
        });
        return this;
    }

    public FakeMaster OnSocket(string path, Func<WebSocket, Task> conversation)
    {
        Script("GET", path, async context => await conversation(await context.WebSockets.AcceptWebSocketAsync()));
        return this;
    }

    public FakeMaster OnRequest(string method, string path, Func<HttpContext, Task> answer)
    {
        Script(method, path, answer);
        return this;
    }

    public string BodyOf(string method, string path) => seen.Last(request => request.Method == method && request.Path == path).Body;

    public bool Got(string method, string path) => seen.Any(request => request.Method == method && request.Path == path);

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }

    public static async Task WriteAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Features.Get<IHttpResponseFeature>()!.ReasonPhrase = status == 422 ? "Unprocessable Entity" : null;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    }

    private void Script(string method, string path, Func<HttpContext, Task> answer) =>
        script.GetOrAdd($"{method} {path}", _ => new ConcurrentQueue<Func<HttpContext, Task>>()).Enqueue(answer);

    private async Task AnswerAsync(HttpContext context)
    {
        var path = $"{context.Features.Get<IHttpRequestFeature>()!.RawTarget}";
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        seen.Enqueue(new SeenRequest(context.Request.Method, path, body, context.Request.Headers.Authorization));
        if (!script.TryGetValue($"{context.Request.Method} {path}", out var answers))
        {
            await WriteAsync(context, 599, $"{{\"error\":\"nothing was scripted for {context.Request.Method} {path}\"}}");
            return;
        }

        Func<HttpContext, Task>? answer;
        if (answers.Count > 1) answers.TryDequeue(out answer);
        else answers.TryPeek(out answer);
        await answer!(context);
    }
}
