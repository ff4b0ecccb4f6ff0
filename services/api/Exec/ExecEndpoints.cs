using System.Text;
using System.Text.Json.Nodes;
using Kontena.Api.Auth;
using Kontena.Api.Http;
using Kontena.Api.PublicBus;
using Kontena.Contracts.Http;
using Microsoft.Extensions.Hosting;

namespace Kontena.Api.Exec;

/// <summary>Commands in running containers (rest-api.md §13.6–13.7).</summary>
internal static class ExecEndpoints
{
    private const int MostOutput = 1024 * 1024;
    private static readonly QueryParameter Interactive = new("interactive", QueryType.Truth, "What the client writes goes to the command's input");
    private static readonly QueryParameter Tty = new("tty", QueryType.Truth, "The command gets a terminal");
    private static readonly QueryParameter Shell = new("shell", QueryType.Truth, "The command is run by /bin/sh -c");

    private static readonly ExecEvent TokenIsGone = new ExecEvent.Failed("the token is no longer good for this: it was taken away or has expired, or its user may do less now");

    public static void Map(IEndpointRouteBuilder routes)
    {
        var exec = routes.MapGroup("/v1/containers/{grid}/{node}/{name}/exec").WithTags("containers");
        exec.MapGet("", StreamAsync).WithFacts("openExec", Need.GridUser).WithMetadata(new StreamOnly()).Reads(Interactive, Tty, Shell)
            .Refuses(404, "The request asks for no websocket").Refuses(503, "As many sessions are open as are served at once")
            .WithSummary("A session over a websocket");
        exec.MapPost("", BlockAsync).WithFacts("execCommand", Need.GridUser).HasSecret()
            .Refuses(500, "The command could not be run, or wrote more than 1 MB").Refuses(503, "The command did not end within 25 s and was stopped")
            .WithMetadata(new BodyOf(typeof(ExecRequest)))
            .WithSummary("Run to the end, within 25 s: [[stdout],[stderr],exit code]");
    }

    /// <summary>Everything that can be refused is refused before the upgrade, as a plain HTTP status.</summary>
    private static async Task StreamAsync(
        string grid, string node, string name, HttpContext http, ExecTargets targets, ExecSessions sessions, Standing standing, TimeProvider time,
        IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        var target = await targets.FindAsync(grid, node, name, cancellationToken);
        if (!http.WebSockets.IsWebSocketRequest)
            throw new HttpRefusal(StatusCodes.Status404NotFound, "Not found: this path takes websockets");

        var interactive = Interactive.IsSet(http);
        await targets.NoteAsync(grid, node, name, interactive, cancellationToken);
        var session = sessions.Open();
        try
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
            await new ExecSocket(socket, session, target(session), targets, time)
            {
                Standing = cancelled => standing.WatchAsync(http, () => session.End(TokenIsGone), cancelled),
                Interactive = interactive,
                Tty = ExecEndpoints.Tty.IsSet(http),
                Shell = ExecEndpoints.Shell.IsSet(http),
            }.RunAsync(ended.Token);
        }
        finally
        {
            sessions.Close(session);
        }
    }

    private static async Task BlockAsync(
        string grid, string node, string name, HttpContext http, ExecTargets targets, ExecSessions sessions, Standing standing, ApiOptions options, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var find = await targets.FindAsync(grid, node, name, cancellationToken);
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.ExecRequest);
        if (request.Cmd is not { Count: > 0 } command)
            throw HttpRefusal.Invalid("cmd", "Cmd is required");

        await targets.NoteAsync(grid, node, name, interactive: false, cancellationToken);
        var session = sessions.Open();
        var target = find(session);
        using var deadline = new CancellationTokenSource(options.ExecTimeout, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var watching = Task.WhenAll(targets.WatchAsync(target, session, ended.Token), standing.WatchAsync(http, () => session.End(TokenIsGone), ended.Token));
        var exited = false;
        try
        {
            await target.StartAsync(command, tty: false, interactive: false, cancellationToken);
            var result = await CollectAsync(session, ended.Token);
            exited = true;
            await Reply.WriteAsync(http, StatusCodes.Status200OK, result);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw HttpRefusal.Away(
                $"the command did not end within {options.ExecTimeout.TotalSeconds:0} s and was stopped; run longer ones with kontena container exec");
        }
        finally
        {
            sessions.Close(session);
            if (!exited)
                await CloseQuietlyAsync(target, options, time);
            await ended.CancelAsync();
            await watching.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private static async Task<JsonArray> CollectAsync(ExecSession session, CancellationToken cancellationToken)
    {
        var (stdout, stderr) = (new MemoryStream(), new MemoryStream());
        await foreach (var next in session.ReadAsync(cancellationToken))
        {
            switch (next)
            {
                case ExecEvent.Output output:
                    (output.Stream == "stderr" ? stderr : stdout).Write(output.Chunk);
                    if (stdout.Length + stderr.Length > MostOutput)
                        throw new HttpRefusal(StatusCodes.Status500InternalServerError, "the command wrote over 1 MB, the most that is collected");
                    break;
                case ExecEvent.Exited exited:
                    return [Chunks(stdout), Chunks(stderr), exited.Code];
                case ExecEvent.Failed failed:
                    throw new HttpRefusal(StatusCodes.Status500InternalServerError, failed.Reason);
            }
        }

        throw new HttpRefusal(StatusCodes.Status500InternalServerError, "the session ended without an exit code");
    }

    private static JsonArray Chunks(MemoryStream bytes) =>
        bytes.Length == 0 ? [] : [Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length)];

    private static async Task CloseQuietlyAsync(ExecTarget target, ApiOptions options, TimeProvider time)
    {
        using var deadline = new CancellationTokenSource(options.CommandTimeout, time);
        try
        {
            await target.CloseAsync(deadline.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or TimeoutException)
        {
            // The node ends the process when its client is gone.
        }
    }
}
