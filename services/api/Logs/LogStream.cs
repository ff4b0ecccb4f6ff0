using System.Text.Json;
using Kontena.Api.Auth;
using Kontena.Api.Http;
using Kontena.Contracts.Http;
using Kontena.Contracts.Logs;
using Microsoft.AspNetCore.Http.Features;

namespace Kontena.Api.Logs;

/// <summary>Writes lines as they come, one JSON object per HTTP chunk, with a blank now and then so that both ends know the other is there (rest-api.md §19.3).</summary>
internal sealed class LogStream(LogReader reader, LogFollowers followers, Standing standing, TimeProvider time, ILogger logger) : IResult
{
    private const int LinesPerBatch = 300;
    private static readonly TimeSpan AfterData = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WhenIdle = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan WhenAway = TimeSpan.FromSeconds(1);

    private static readonly byte[] Blank = " "u8.ToArray();

    public required QueryLogs Query { get; init; }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var cancellationToken = httpContext.RequestAborted;
        using var seat = followers.Enter();
        // A first answer that fails is still a plain error; later the stream only waits.
        var lines = await reader.ReadAsync(Query, cancellationToken);
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        httpContext.Response.ContentType = "application/json";
        await httpContext.Response.StartAsync(cancellationToken);

        // What comes first while nothing is there is not cut to the newest lines.
        var next = Query with { After = Query.After ?? LogFilter.Beginning, Limit = LinesPerBatch };
        // Ends like one that the server stops: the client sees the end, and its next request says why.
        while (!cancellationToken.IsCancellationRequested && await standing.HoldsAsync(httpContext, cancellationToken))
        {
            foreach (var line in lines ?? [])
            {
                var json = JsonSerializer.SerializeToUtf8Bytes(LogReader.Render(line, Query.Grid), KontenaResponseJson.Wire.LogLineJson);
                await WriteChunkAsync(httpContext, json);
                next = next with { After = line.Id, Since = null };
            }

            if (lines is not { Count: > 0 })
                await WriteChunkAsync(httpContext, Blank);
            await Task.Delay(lines switch { null => WhenAway, { Count: > 0 } => AfterData, _ => WhenIdle }, time, cancellationToken);
            lines = await TryReadAsync(next, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<LogLine>?> TryReadAsync(QueryLogs query, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(query, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.LogDebug(exception, "a log stream of {Grid} waits for the log-collector", query.Grid);
            return null;
        }
    }

    private static async Task WriteChunkAsync(HttpContext http, byte[] chunk)
    {
        await http.Response.Body.WriteAsync(chunk, http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }
}
