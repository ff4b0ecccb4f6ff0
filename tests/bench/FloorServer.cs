using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kontena.Bench;

/// <summary>The same framework, serving so many bytes without looking, until its input is closed: says <c>ready URL</c>.</summary>
internal static class FloorServer
{
    private static readonly ConcurrentDictionary<int, byte[]> Bodies = new();

    public static async Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var application = builder.Build();
        application.Run(AnswerAsync);
        await application.StartAsync();
        Console.WriteLine($"ready {application.Urls.First()}");
        while (await Console.In.ReadLineAsync() is not null)
        {
        }

        await application.StopAsync();
    }

    /// <summary>Of <c>/1234</c>: 1,234 bytes.</summary>
    private static Task AnswerAsync(HttpContext http)
    {
        var body = Bodies.GetOrAdd(int.Parse(http.Request.Path.Value.AsSpan(1)), static size => [.. Enumerable.Repeat((byte)'x', size)]);
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }
}
