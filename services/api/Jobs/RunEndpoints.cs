using Kontena.Api.Auth;
using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Http;
using Kontena.Contracts.Jobs;

namespace Kontena.Api.Jobs;

/// <summary>Containers of a service that are started once: asked for, looked at, stopped. The original has none.</summary>
internal static class RunEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var runs = routes.MapGroup("/v1/services/{grid}/{stack}/{service}/runs").WithTags("runs");
        runs.MapPost("", StartAsync).WithFacts("startRun", Need.GridUser).Produces<RunJson>().WithMetadata(new BodyOf(typeof(RunRequest)))
            .WithSummary("Start a container of the service once, with its own command or another");
        runs.MapGet("", ListAsync).WithFacts("listRuns", Need.GridUser).Produces<RunsJson>()
            .WithSummary("The runs that go on and those that are remembered, newest first");
        runs.MapGet("/{id}", ShowAsync).WithFacts("showRun", Need.GridUser).Produces<RunJson>().WithSummary("One run");
        runs.MapPost("/{id}/stop", StopAsync).WithFacts("stopRun", Need.GridUser).Refuses(422, "The run has ended").Produces<RunJson>()
            .WithSummary("Stop a run that goes on");
    }

    private static async Task<IResult> StartAsync(
        string grid, string stack, string service, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        await reader.ServiceAsync(grid, stack, service, cancellationToken);
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.RunRequest);
        var id = await commands.AskSchedulerAsync(grid, new StartRun
        {
            Grid = grid,
            Stack = stack,
            Service = service,
            AsScheduled = request.AsScheduled ?? false,
            Cmd = request.Cmd,
            Env = request.Env ?? [],
            Timeout = request.Timeout,
            Keep = request.Keep ?? false,
        }, cancellationToken);
        return await AnswerAsync(reader, grid, stack, service, id ?? "", cancellationToken);
    }

    private static async Task<IResult> ListAsync(
        string grid, string stack, string service, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var runs = await reader.RunsOfAsync(await reader.ServiceAsync(grid, stack, service, cancellationToken), cancellationToken);
        return Reply.Ok(new RunsJson([.. runs.Select(RunRendering.Render)]), KontenaResponseJson.Wire.RunsJson);
    }

    private static async Task<IResult> ShowAsync(
        string grid, string stack, string service, string id, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        return await AnswerAsync(reader, grid, stack, service, id, cancellationToken);
    }

    private static async Task<IResult> StopAsync(
        string grid, string stack, string service, string id, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var run = await FindAsync(reader, grid, stack, service, id, cancellationToken);
        await commands.AskSchedulerAsync(grid, new StopRun { Grid = grid, RunId = run.Id, By = http.SignedIn().User.Email }, cancellationToken);
        return await AnswerAsync(reader, grid, stack, service, id, cancellationToken);
    }

    private static async Task<IResult> AnswerAsync(
        SnapshotReader reader, string grid, string stack, string service, string id, CancellationToken cancellationToken) =>
        Reply.Ok(RunRendering.Render(await FindAsync(reader, grid, stack, service, id, cancellationToken)), KontenaResponseJson.Wire.RunJson);

    private static async Task<ServiceRun> FindAsync(
        SnapshotReader reader, string grid, string stack, string service, string id, CancellationToken cancellationToken)
    {
        var run = await reader.RunAsync(grid, id, cancellationToken);
        return run.Stack == stack && run.Service == service ? run : throw HttpRefusal.NotFound();
    }
}
