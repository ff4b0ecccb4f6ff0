using System.Text.Json;
using Kontena.Api.Auth;
using Kontena.Api.Http;
using Kontena.Api.PublicBus;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Http;
using Kontena.Contracts.Networking;

namespace Kontena.Api.Grids;

/// <summary>Grids (rest-api.md §9).</summary>
internal static class GridEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var grids = routes.MapGroup("/v1/grids").WithTags("grids");
        grids.MapGet("", ListAsync).WithFacts("listGrids", Need.AnyUser).Produces<GridsJson>()
            .WithSummary("The grids that the token's user may use: all of them for a master_admin");
        grids.MapPost("", CreateAsync).WithFacts("createGrid", Need.MasterAdmin).DeniedAt("user").Produces<GridJson>(201).WithMetadata(new BodyOf(typeof(GridRequest)))
            .WithSummary("Create a grid");
        grids.MapGet("/{grid}", ShowAsync).WithFacts("showGrid", Need.GridUser).Produces<GridJson>().WithSummary("One grid");
        grids.MapPut("/{grid}", UpdateAsync).WithFacts("updateGrid", Need.GridAdmin).DeniedAt("user").Produces<GridJson>()
            .WithMetadata(new BodyOf(typeof(GridRequest)))
            .WithSummary("Change affinity, trusted subnets, stats, logs or quotas of a grid");
        grids.MapDelete("/{grid}", DeleteAsync).WithFacts("removeGrid", Need.MasterAdmin).DeniedAt("user").Refuses(404, "There is no such grid")
            .Refuses(422, "The grid still has services or nodes").WithSummary("Remove an empty grid");
        grids.MapPost("/{grid}/rebalance", RebalanceAsync).WithFacts("rebalanceGrid", Need.GridAdmin).Produces<RebalanceJson>()
            .WithMetadata(new BodyOf(typeof(RebalanceRequest)))
            .WithSummary("Move instances so that the grid lies more evenly, or say which would be moved");
        grids.MapPost("/{grid}/network/check", CheckNetworkAsync).WithFacts("checkNetwork", Need.GridUser).Produces<NetworkCheckJson>()
            .WithMetadata(new BodyOf(typeof(NetworkCheckRequest)))
            .WithSummary("Let every node measure its way to every other");
        grids.MapGet("/{grid}/network/check", NetworkAsync).WithFacts("showNetworkCheck", Need.GridUser).Produces<NetworkCheckJson>()
            .WithSummary("What the nodes last measured of their network");
    }

    private static async Task<IResult> ListAsync(HttpContext http, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var user = http.SignedIn().User;
        var grids = await reader.GridsAsync(cancellationToken);
        var snapshots = await Task.WhenAll(grids.Where(grid => Need.GridUser.IsMetBy(user, grid.Name)).Select(grid => reader.WithUserCountAsync(grid, cancellationToken)));
        return Reply.Ok(new GridsJson([.. snapshots.Select(snapshot => GridRendering.Render(snapshot, ViewerCheck.MayHaveTokens(http)))]), KontenaResponseJson.Wire.GridsJson);
    }

    private static async Task<IResult> ShowAsync(string grid, HttpContext http, SnapshotReader reader, CancellationToken cancellationToken) =>
        Reply.Ok(await RenderAsync(http, reader, grid, cancellationToken), KontenaResponseJson.Wire.GridJson);

    private static async Task<IResult> CreateAsync(HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.GridRequest);
        if (request.Quota is not null || request.StackQuotas is not null)
            throw HttpRefusal.Invalid(request.Quota is not null ? "quota" : "stack_quotas", "Quotas are set once the grid exists, by PUT /v1/grids/NAME");
        var created = await commands.AskGridManagerAsync(new CreateGrid
        {
            Name = request.Name,
            InitialSize = request.InitialSize,
            Token = request.Token,
            Subnet = request.Subnet,
            Supernet = request.Supernet,
            BlockPrefix = request.BlockPrefix,
            DefaultAffinity = request.DefaultAffinity,
            TrustedSubnets = request.TrustedSubnets,
            OverlayDriver = request.OverlayDriver,
            StackNetworks = request.StackNetworks,
            Statsd = StatsdOf(request),
            Logs = LogsOf(request),
            CreatorId = http.SignedIn().User.Id,
        }, cancellationToken);
        return Reply.Created(await RenderAsync(http, reader, created ?? request.Name ?? "", cancellationToken), KontenaResponseJson.Wire.GridJson);
    }

    private static async Task<IResult> UpdateAsync(
        string grid, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        using var body = await RequestBody.ParseAsync(http);
        var request = RequestBody.Read(body.RootElement, KontenaResponseJson.Wire.GridRequest);
        await commands.AskGridManagerAsync(new UpdateGrid
        {
            Grid = grid,
            DefaultAffinity = request.DefaultAffinity,
            TrustedSubnets = request.TrustedSubnets,
            OverlayDriver = request.OverlayDriver,
            StackNetworks = request.StackNetworks,
            Statsd = StatsdOf(request),
            ClearStatsd = AsksToClearStatsd(body.RootElement),
            Logs = LogsOf(request),
            Rebalance = request.Rebalance,
            Quota = QuotaOf(request.Quota),
            StackQuotas = request.StackQuotas?.ToDictionary(one => one.Key, one => QuotaOf(one.Value) ?? new Quota(), StringComparer.Ordinal),
        }, cancellationToken);
        return Reply.Ok(await RenderAsync(http, reader, grid, cancellationToken), KontenaResponseJson.Wire.GridJson);
    }

    private static async Task<IResult> DeleteAsync(string grid, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        await commands.AskGridManagerAsync(new DeleteGrid { Grid = grid }, cancellationToken);
        return Reply.Empty;
    }

    private static async Task<IResult> RebalanceAsync(
        string grid, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var name = (await reader.GridAsync(grid, cancellationToken)).Name;
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.RebalanceRequest);
        var result = await commands.AskSchedulerFullyAsync(name, new RebalanceGrid { Grid = name, DryRun = request.DryRun ?? false }, cancellationToken);
        return Reply.Ok(
            new RebalanceJson(result.Notes, int.TryParse(result.CreatedId, out var underWay) ? underWay : 0), KontenaResponseJson.Wire.RebalanceJson);
    }

    private static async Task<IResult> CheckNetworkAsync(
        string grid, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var name = (await reader.GridAsync(grid, cancellationToken)).Name;
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.NetworkCheckRequest);
        var result = await commands.AskGridManagerFullyAsync(new CheckNetwork { Grid = name, Throughput = request.Throughput ?? false }, cancellationToken);
        return Reply.Ok(new NetworkCheckJson(result.CreatedId, result.Notes, []), KontenaResponseJson.Wire.NetworkCheckJson);
    }

    private static async Task<IResult> NetworkAsync(string grid, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var checks = await reader.NetworkChecksAsync((await reader.GridAsync(grid, cancellationToken)).Name, cancellationToken);
        return Reply.Ok(new NetworkCheckJson(null, [],
        [
            .. checks.Select(check => new NodeNetworkCheckJson(check.Node, check.CheckId, check.At,
                [.. check.Pairs.Select(pair => new NetworkPairJson(pair.Peer, pair.Driver, pair.Reached, pair.RoundTrip, pair.Mtu, pair.PlannedMtu, pair.Megabits, pair.Why))])),
        ]), KontenaResponseJson.Wire.NetworkCheckJson);
    }

    private static async Task<GridJson> RenderAsync(HttpContext http, SnapshotReader reader, string grid, CancellationToken cancellationToken) =>
        GridRendering.Render(await reader.WithUserCountAsync(await reader.GridAsync(grid, cancellationToken), cancellationToken), ViewerCheck.MayHaveTokens(http));

    private static StatsdTarget? StatsdOf(GridRequest request)
    {
        if (request.Stats?.Statsd is not { } statsd)
            return null;
        var errors = new List<FieldError>();
        if (statsd.Server is null)
            errors.Add(new FieldError(["stats", "statsd", "server"], "Server is required"));
        if (statsd.Port is null)
            errors.Add(new FieldError(["stats", "statsd", "port"], "Port is required"));
        return errors.Count == 0 ? new StatsdTarget(statsd.Server!, statsd.Port!.Value) : throw HttpRefusal.Invalid(ErrorTree.Of(errors));
    }

    private static Quota? QuotaOf(QuotaJson? quota) => quota is null ? null : new Quota(quota.Instances, quota.Cpus, quota.Memory);

    private static LogForwarding? LogsOf(GridRequest request) => request.Logs switch
    {
        null => null,
        { Forwarder: null } => throw HttpRefusal.Invalid("logs", "Logs need a forwarder: fluentd, or none to end them"),
        { Forwarder: { } forwarder } logs => new LogForwarding(forwarder, logs.Opts ?? new Dictionary<string, string>()),
    };

    /// <summary>Null that was written down, unlike a key that is not there.</summary>
    private static bool AsksToClearStatsd(JsonElement body) =>
        body.TryGetProperty("stats", out var stats) && stats.ValueKind == JsonValueKind.Object
        && stats.TryGetProperty("statsd", out var statsd) && statsd.ValueKind == JsonValueKind.Null;
}
