using Kontena.Api.Auth;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;

namespace Kontena.Api.Logs;

/// <summary>Writes lines as they come, one JSON object per HTTP chunk, with a blank now and then so that both ends know the other is there (rest-api.md §19.3).</summary>
internal sealed class LogStream<TLine>(LogFollowers followers, Standing standing, TimeProvider time, ILogger logger) : IResult
{
    /// <summary>Lines that are read at once after the first batch.</summary>
    public const int LinesPerBatch = 300;

    private static readonly TimeSpan AfterData = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WhenIdle = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan WhenAway = TimeSpan.FromSeconds(1);

    private static readonly byte[] Blank = " "u8.ToArray();

    public required string Grid { get; init; }

    /// <summary>The first batch, as it was asked for.</summary>
    public required Func<CancellationToken, Task<IReadOnlyList<TLine>>> FirstAsync { get; init; }

    /// <summary>What came after the line of this id; null: nothing was there yet, and what comes first is not cut to the newest lines.</summary>
    public required Func<string?, CancellationToken, Task<IReadOnlyList<TLine>>> NextAsync { get; init; }

    /// <summary>The id of a line, and its JSON.</summary>
    public required Func<TLine, (string Id, byte[] Json)> Write { get; init; }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var seat = followers.Enter();
        // A first answer that fails is still a plain error; later the stream only waits.
        var lines = await FirstAsync(httpContext.RequestAborted);
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        httpContext.Response.ContentType = "application/json";
        await httpContext.Response.StartAsync(httpContext.RequestAborted);

        // A process that stops waits for its requests, and this one would not end by itself.
        var stopping = httpContext.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        try
        {
            await GoOnAsync(httpContext, lines, ended.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The client sees the end, and asks again.
        }
    }

    private async Task GoOnAsync(HttpContext httpContext, IReadOnlyList<TLine>? lines, CancellationToken cancellationToken)
    {
        string? last = null;
        // Ends like one that the server stops: the client sees the end, and its next request says why.
        while (!cancellationToken.IsCancellationRequested && await standing.HoldsAsync(httpContext, cancellationToken))
        {
            foreach (var line in lines ?? [])
            {
                (last, var json) = Write(line);
                await WriteChunkAsync(httpContext, json);
            }

            if (lines is not { Count: > 0 })
                await WriteChunkAsync(httpContext, Blank);
            if (!await PauseAsync(httpContext, followers.Pause(lines switch { null => WhenAway, { Count: > 0 } => AfterData, _ => WhenIdle }), cancellationToken))
                return;
            lines = await TryReadAsync(last, cancellationToken);
        }
    }

    /// <summary>With many streams a wait is longer than one may outlive its token, which is therefore looked at meanwhile.</summary>
    /// <returns>False: the stream may not go on.</returns>
    private async Task<bool> PauseAsync(HttpContext http, TimeSpan pause, CancellationToken cancellationToken)
    {
        for (; pause > Standing.Look; pause -= Standing.Look)
        {
            await Task.Delay(Standing.Look, time, cancellationToken);
            if (!await standing.HoldsAsync(http, cancellationToken))
                return false;
        }

        await Task.Delay(pause, time, cancellationToken);
        return true;
    }

    private async Task<IReadOnlyList<TLine>?> TryReadAsync(string? last, CancellationToken cancellationToken)
    {
        try
        {
            return await NextAsync(last, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.LogDebug(exception, "a log stream of {Grid} waits for the log-collector", Grid);
            return null;
        }
    }

    private static async Task WriteChunkAsync(HttpContext http, byte[] chunk)
    {
        await http.Response.Body.WriteAsync(chunk, http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }
}
