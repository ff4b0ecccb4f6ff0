using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Http;
using Kontena.Contracts.Volumes;

namespace Kontena.Api.Volumes;

/// <summary>Named volumes (rest-api.md §20).</summary>
internal static class VolumeEndpoints
{
    private static readonly TimeSpan RemovalPoll = TimeSpan.FromMilliseconds(200);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var volumes = routes.MapGroup("/v1/volumes/{grid}").WithTags("volumes");
        volumes.MapGet("", ListAsync).WithFacts("listVolumes", Need.GridUser).Produces<VolumesJson>().WithSummary("The volumes of a grid");
        volumes.MapPost("", CreateAsync).WithFacts("createVolume", Need.GridUser).Produces<VolumeJson>(201)
            .WithMetadata(new BodyOf(typeof(VolumeRequest))).WithSummary("Create a volume");
        volumes.MapGet("/{volume}", ShowAsync).WithFacts("showVolume", Need.GridUser).Produces<VolumeJson>()
            .WithSummary("One volume, where its data is and who mounts it");
        volumes.MapDelete("/{volume}", DeleteAsync).WithFacts("removeVolume", Need.GridUser).Refuses(422, "A service mounts it")
            .Refuses(503, "Not all of its data is confirmed gone yet; removal goes on, and asking again waits for its end")
            .WithSummary("Remove a volume with its data; answers when the data is gone from every node that can be reached");
    }

    private static async Task<IResult> ListAsync(string grid, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var view = await reader.VolumesAsync(await GridAsync(reader, grid, cancellationToken), cancellationToken);
        return Reply.Ok(new VolumesJson([.. view.Volumes.Select(volume => VolumeRendering.Render(volume, view))]), KontenaResponseJson.Wire.VolumesJson);
    }

    private static async Task<IResult> ShowAsync(string grid, string volume, SnapshotReader reader, CancellationToken cancellationToken) =>
        Reply.Ok(await RenderAsync(reader, grid, volume, cancellationToken), KontenaResponseJson.Wire.VolumeJson);

    private static async Task<IResult> CreateAsync(
        string grid, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await GridAsync(reader, grid, cancellationToken);
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.VolumeRequest);
        var name = await commands.AskGridManagerAsync(new CreateVolume
        {
            Grid = grid, Name = request.Name, Scope = request.Scope, Driver = request.Driver, DriverOpts = request.DriverOpts,
        }, cancellationToken);
        return Reply.Created(await RenderAsync(reader, grid, name ?? request.Name ?? "", cancellationToken), KontenaResponseJson.Wire.VolumeJson);
    }

    private static async Task<IResult> DeleteAsync(
        string grid, string volume, Commands commands, SnapshotReader reader, ApiOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var found = await GridAsync(reader, grid, cancellationToken);
        // One that is on its way out already is waited for: a client that was told 503 asks again to see the end.
        var removed = await reader.FindVolumeAsync(grid, volume, cancellationToken) ?? throw Missing(volume);
        if (removed.RemovedAt is null)
            await commands.AskGridManagerAsync(new DeleteVolume { Grid = grid, Volume = volume }, cancellationToken);

        var deadline = time.GetUtcNow() + options.RemovalTimeout;
        while (await reader.FindVolumeAsync(grid, volume, cancellationToken) is { RemovedAt: not null } left && left.Uid == removed.Uid)
        {
            if (time.GetUtcNow() >= deadline)
                throw StillThere(await reader.VolumesAsync(found, cancellationToken), removed, options);
            await Task.Delay(RemovalPoll, time, cancellationToken);
        }

        return Reply.Empty;
    }

    private static async Task<VolumeJson> RenderAsync(SnapshotReader reader, string grid, string volume, CancellationToken cancellationToken)
    {
        var view = await reader.VolumesAsync(await GridAsync(reader, grid, cancellationToken), cancellationToken);
        return VolumeRendering.Render(view.Volumes.FirstOrDefault(one => one.Name == volume) ?? throw Missing(volume), view);
    }

    private static async Task<Grid> GridAsync(SnapshotReader reader, string grid, CancellationToken cancellationToken) =>
        await reader.FindGridAsync(grid, cancellationToken) ?? throw HttpRefusal.NotFound($"Grid {grid} not found");

    private static HttpRefusal Missing(string volume) => HttpRefusal.NotFound($"Volume {volume} not found");

    private static HttpRefusal StillThere(VolumesSnapshot view, Volume volume, ApiOptions options)
    {
        var left = view.Instances.Where(one => one.VolumeUid == volume.Uid).Select(one => one.Error is null ? one.Node : $"{one.Node}: {one.Error}").ToList();
        var where = left.Count == 0 ? "" : $" ({string.Join("; ", left)})";
        return HttpRefusal.Away(
            $"{volume.Grid}/{volume.Name} is marked removed, but after {options.RemovalTimeout.TotalSeconds:0} s not all of its data is confirmed gone{where}; " +
            "removal goes on by itself");
    }
}
