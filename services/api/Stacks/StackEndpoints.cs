using System.Text.Json;
using Kontena.Api.Deploys;
using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Http;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;

namespace Kontena.Api.Stacks;

/// <summary>Stacks (rest-api.md §11).</summary>
internal static class StackEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var grid = routes.MapGroup("/v1/grids/{grid}/stacks").WithTags("stacks");
        grid.MapGet("", ListAsync).WithFacts("listStacks", Need.GridUser).Produces<StacksJson>().WithSummary("The stacks of a grid");
        grid.MapPost("", CreateAsync).WithFacts("createStack", Need.GridUser).Produces<StackJson>(201).WithMetadata(new BodyOf(typeof(StackRequest)))
            .WithSummary("Create a stack and its services; deploys nothing");

        var stack = routes.MapGroup("/v1/stacks/{grid}/{stack}").WithTags("stacks");
        stack.MapGet("", ShowAsync).WithFacts("showStack", Need.GridUser).Produces<StackJson>().WithSummary("One stack");
        stack.MapPut("", UpdateAsync).WithFacts("updateStack", Need.GridUser).Produces<StackJson>().WithMetadata(new BodyOf(typeof(StackRequest)))
            .WithSummary("Store a new revision, to be deployed");
        stack.MapPatch("", PatchAsync).WithFacts("patchStack", Need.GridUser).Produces<StackJson>()
            .WithMetadata(new BodyOf(typeof(StackLabelsRequest))).WithSummary("Change labels");
        stack.MapDelete("", DeleteAsync).WithFacts("removeStack", Need.GridUser)
            .Refuses(422, "A service of another stack links to one of it, or it is the stack null")
            .WithSummary("Remove a stack; it answers 404 when all of it is gone");
        stack.MapPost("/plan", StackPlanning.PlanAsync).WithFacts("planStack", Need.GridUser).Produces<StackPlanJson>()
            .WithMetadata(new BodyOf(typeof(StackRequest)))
            .WithSummary("What installing or upgrading it with this body would change, and where its instances would be; changes nothing");
        stack.MapPost("/deploy", DeployAsync).WithFacts("deployStack", Need.GridUser)
            .Refuses(422, "The stack can not be deployed as it is; the error says why").Produces<StackDeployJson>()
            .WithSummary("Roll the latest revision out");
        stack.MapPost("/stop", StopAsync).WithFacts("stopStack", Need.GridUser).Refuses(422, "It is the stack null")
            .WithSummary("Want all its services stopped");
        stack.MapPost("/restart", RestartAsync).WithFacts("restartStack", Need.GridUser)
            .Refuses(422, "A service of it can not be restarted; the error says why").WithSummary("Restart every container of the stack in place");
    }

    private static async Task<IResult> ListAsync(string grid, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var snapshot = await reader.WholeAsync(await reader.GridAsync(grid, cancellationToken), cancellationToken);
        var stacks = await reader.StacksAsync(grid, cancellationToken);
        return Reply.Ok(new StacksJson([.. stacks.Select(stack => StackRendering.Render(stack, stacks, snapshot))]),
            KontenaResponseJson.Wire.StacksJson);
    }

    private static async Task<IResult> ShowAsync(string grid, string stack, SnapshotReader reader, CancellationToken cancellationToken) =>
        Reply.Ok(await RenderAsync(reader, grid, stack, cancellationToken), KontenaResponseJson.Wire.StackJson);

    private static async Task<IResult> CreateAsync(
        string grid, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var request = await ReadAsync(http);
        await commands.AskGridManagerAsync(new CreateStack { Grid = grid, Request = request }, cancellationToken);
        return Reply.Created(await RenderAsync(reader, grid, request.Name ?? "", cancellationToken), KontenaResponseJson.Wire.StackJson);
    }

    private static async Task<IResult> UpdateAsync(
        string grid, string stack, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await RequireAsync(reader, grid, stack, cancellationToken);
        var request = await ReadAsync(http);
        await commands.AskGridManagerAsync(new UpdateStack { Grid = grid, Stack = stack, Request = request }, cancellationToken);
        return Reply.Ok(await RenderAsync(reader, grid, stack, cancellationToken), KontenaResponseJson.Wire.StackJson);
    }

    private static async Task<IResult> PatchAsync(
        string grid, string stack, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await RequireAsync(reader, grid, stack, cancellationToken);
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.StackLabelsRequest);
        await commands.AskGridManagerAsync(new PatchStack { Grid = grid, Stack = stack, Labels = request.Labels }, cancellationToken);
        return Reply.Ok(await RenderAsync(reader, grid, stack, cancellationToken), KontenaResponseJson.Wire.StackJson);
    }

    private static async Task<IResult> DeleteAsync(
        string grid, string stack, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await RequireAsync(reader, grid, stack, cancellationToken);
        await commands.AskGridManagerAsync(new RemoveStack { Grid = grid, Stack = stack }, cancellationToken);
        return Reply.Empty;
    }

    private static async Task<IResult> DeployAsync(
        string grid, string stack, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await RequireAsync(reader, grid, stack, cancellationToken);
        var services = await commands.ApplyRevisionAsync(grid, stack, cancellationToken);
        var id = await commands.AskSchedulerAsync(
            grid, new DeployStack { Grid = grid, Stack = stack, Services = services }, cancellationToken);
        var deploy = await reader.StackDeployAsync(grid, id ?? "", cancellationToken);
        return Reply.Ok(await DeployEndpoints.RenderAsync(reader, deploy, cancellationToken), KontenaResponseJson.Wire.StackDeployJson);
    }

    private static async Task<IResult> StopAsync(
        string grid, string stack, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await RequireAsync(reader, grid, stack, cancellationToken);
        await commands.AskGridManagerAsync(new SetStackState { Grid = grid, Stack = stack, State = ServiceState.Stopped }, cancellationToken);
        return Reply.Empty;
    }

    private static async Task<IResult> RestartAsync(
        string grid, string stack, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await RequireAsync(reader, grid, stack, cancellationToken);
        var snapshot = await reader.OfStackAsync(await reader.GridAsync(grid, cancellationToken), stack, cancellationToken);
        foreach (var service in snapshot.Services)
        {
            await commands.AskSchedulerAsync(
                grid, new RestartService { Grid = grid, Stack = stack, Service = service.Name }, cancellationToken);
        }

        return Reply.Empty;
    }

    private static async Task<StackJson> RenderAsync(SnapshotReader reader, string grid, string stack, CancellationToken cancellationToken)
    {
        var found = await reader.GridAsync(grid, cancellationToken);
        if (stack == Service.NoStack)
            return StackRendering.RenderNoStack(await reader.OfStackAsync(found, stack, cancellationToken));
        var wanted = await reader.StackAsync(grid, stack, cancellationToken);
        var all = await reader.StacksAsync(grid, cancellationToken);
        return StackRendering.Render(wanted, all, await reader.OfStackAsync(found, stack, cancellationToken));
    }

    /// <summary>Free objects are checked here: their contents are anybody's, but objects they must be.</summary>
    internal static async Task<StackRequest> ReadAsync(HttpContext http)
    {
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.StackRequest);
        var errors = new List<FieldError>();
        if (request.Variables is { ValueKind: not JsonValueKind.Object })
            errors.Add(FieldError.At("variables", "Variables isn't the right class"));
        if (request.Metadata is { ValueKind: not JsonValueKind.Object })
            errors.Add(FieldError.At("metadata", "Metadata isn't the right class"));
        return errors.Count == 0 ? request : throw HttpRefusal.Invalid(ErrorTree.Of(errors));
    }

    private static async Task RequireAsync(SnapshotReader reader, string grid, string stack, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        if (stack == Service.NoStack)
            throw HttpRefusal.Invalid("stack", "The stack null holds services without a stack; it can't be changed or deployed as one");
        await reader.StackAsync(grid, stack, cancellationToken);
    }
}
