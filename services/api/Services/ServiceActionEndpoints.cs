using Kontena.Api.Deploys;
using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Http;
using Kontena.Contracts.Services;

namespace Kontena.Api.Services;

/// <summary>What can be done with a service that is there (rest-api.md §12.5).</summary>
internal static class ServiceActionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var service = routes.MapGroup("/v1/services/{grid}/{stack}/{service}").WithTags("services");
        service.MapPost("/deploy", DeployAsync).WithFacts("deployService", Need.GridUser).Produces<ServiceDeployJson>()
            .WithMetadata(new BodyOf(typeof(DeployRequest)))
            .WithSummary("Roll the current revision out");
        service.MapPost("/scale", ScaleAsync).WithFacts("scaleService", Need.GridUser).Produces<ServiceDeployJson>()
            .WithMetadata(new BodyOf(typeof(ScaleRequest)))
            .WithSummary("Set the number of instances and deploy");
        service.MapPost("/start", StartAsync).WithFacts("startService", Need.GridUser).Refuses(422, "It can not be started; the error says why")
            .WithSummary("Want it running");
        service.MapPost("/stop", StopAsync).WithFacts("stopService", Need.GridUser).Refuses(422, "It can not be stopped; the error says why")
            .WithSummary("Want it stopped");
        service.MapPost("/restart", RestartAsync).WithFacts("restartService", Need.GridUser)
            .Refuses(422, "It can not be restarted; the error says why").WithSummary("Restart every container in place");
        service.MapPost("/envs", AddEnvAsync).WithFacts("setServiceEnv", Need.GridUser).WithMetadata(new BodyOf(typeof(EnvRequest)))
            .WithSummary("Set one environment variable");
        service.MapDelete("/envs/{key}", RemoveEnvAsync).WithFacts("removeServiceEnv", Need.GridUser).WithSummary("Remove one environment variable");
        service.MapDelete("/instances/{id}", ReleaseInstanceAsync).WithFacts("releaseInstance", Need.GridUser)
            .Refuses(422, "It can not be released; the error says why").WithSummary("Take an instance off its node, to be placed anew");
    }

    private static async Task<IResult> DeployAsync(
        string grid, string stack, string service, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await RequireAsync(reader, grid, stack, service, cancellationToken);
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.DeployRequest);
        await SetStateAsync(commands, grid, stack, service, ServiceState.Running, cancellationToken, bump: request.Force ?? false);
        return await RollOutAsync(commands, reader, grid, stack, service, cancellationToken, request.AcceptDataLoss ?? false);
    }

    private static async Task<IResult> ScaleAsync(
        string grid, string stack, string service, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await RequireAsync(reader, grid, stack, service, cancellationToken);
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.ScaleRequest);
        if (request.Instances is not { } instances)
            throw HttpRefusal.Invalid("instances", "Instances can't be nil");
        await SetStateAsync(commands, grid, stack, service, ServiceState.Running, cancellationToken, instances);
        return await RollOutAsync(commands, reader, grid, stack, service, cancellationToken);
    }

    private static Task<IResult> StartAsync(
        string grid, string stack, string service, Commands commands, SnapshotReader reader, CancellationToken cancellationToken) =>
        WantAsync(commands, reader, grid, stack, service, ServiceState.Running, cancellationToken);

    private static Task<IResult> StopAsync(
        string grid, string stack, string service, Commands commands, SnapshotReader reader, CancellationToken cancellationToken) =>
        WantAsync(commands, reader, grid, stack, service, ServiceState.Stopped, cancellationToken);

    private static async Task<IResult> RestartAsync(
        string grid, string stack, string service, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await RequireAsync(reader, grid, stack, service, cancellationToken);
        await commands.AskSchedulerAsync(grid, new RestartService { Grid = grid, Stack = stack, Service = service }, cancellationToken);
        return Reply.Empty;
    }

    private static async Task<IResult> AddEnvAsync(
        string grid, string stack, string service, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var current = await RequireAsync(reader, grid, stack, service, cancellationToken);
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.EnvRequest);
        if (request.Env is not { } env)
            throw HttpRefusal.Invalid("env", "Env can't be nil");
        if (env.IndexOf('=') < 1)
            throw HttpRefusal.Invalid("env", "Env isn't in the right format: KEY=value is expected");

        var key = env[..env.IndexOf('=')];
        await commands.AskGridManagerAsync(
            ChangeOfEnv(current, [.. current.Spec.Env.Where(one => KeyOf(one) != key), env]) with { SetEnv = env }, cancellationToken);
        return Reply.Empty;
    }

    private static async Task<IResult> RemoveEnvAsync(
        string grid, string stack, string service, string key, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var current = await RequireAsync(reader, grid, stack, service, cancellationToken);
        IReadOnlyList<string> left = [.. current.Spec.Env.Where(one => KeyOf(one) != key)];
        if (left.Count != current.Spec.Env.Count)
            await commands.AskGridManagerAsync(ChangeOfEnv(current, left) with { UnsetEnv = key }, cancellationToken);
        return Reply.Empty;
    }

    private static async Task<IResult> ReleaseInstanceAsync(
        string grid, string stack, string service, string id, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var found = await reader.GridAsync(grid, cancellationToken);
        var wanted = await reader.ServiceAsync(grid, stack, service, cancellationToken);
        var snapshot = await reader.OfServiceAsync(found, wanted, cancellationToken);
        if (snapshot.Instances[Service.DocumentId(stack, service)].All(instance => instance.Id != id))
            throw new HttpRefusal(StatusCodes.Status404NotFound, body: null);
        await commands.AskSchedulerAsync(grid, new ReleaseInstance { Grid = grid, InstanceId = id }, cancellationToken);
        return Reply.Empty;
    }

    private static async Task<IResult> WantAsync(
        Commands commands, SnapshotReader reader, string grid, string stack, string service, ServiceState state, CancellationToken cancellationToken)
    {
        await RequireAsync(reader, grid, stack, service, cancellationToken);
        await SetStateAsync(commands, grid, stack, service, state, cancellationToken);
        return Reply.Empty;
    }

    private static async Task<IResult> RollOutAsync(
        Commands commands, SnapshotReader reader, string grid, string stack, string service, CancellationToken cancellationToken, bool acceptDataLoss = false)
    {
        var id = await commands.AskSchedulerAsync(
            grid, new DeployService { Grid = grid, Stack = stack, Service = service, AcceptDataLoss = acceptDataLoss }, cancellationToken);
        var deploy = await reader.ServiceDeployAsync(grid, id ?? "", cancellationToken);
        return Reply.Ok(DeployRendering.Render(deploy), KontenaResponseJson.Wire.ServiceDeployJson);
    }

    private static Task<string?> SetStateAsync(
        Commands commands, string grid, string stack, string service, ServiceState state, CancellationToken cancellationToken,
        int? instances = null, bool bump = false) =>
        commands.AskGridManagerAsync(new SetServiceState
        {
            Grid = grid, Stack = stack, Service = service, State = state, Instances = instances, BumpRevision = bump,
        }, cancellationToken);

    // The whole list is for a grid-manager of the version before, which knows no change of one variable.
    private static UpdateService ChangeOfEnv(Service service, IReadOnlyList<string> env) => new()
    {
        Grid = service.Grid, Stack = service.Stack, Service = service.Name, Request = new ServiceRequest { Env = env },
    };

    private static async Task<Service> RequireAsync(
        SnapshotReader reader, string grid, string stack, string service, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        return await reader.ServiceAsync(grid, stack, service, cancellationToken);
    }

    private static string KeyOf(string env) => env.Split('=', 2)[0];
}
