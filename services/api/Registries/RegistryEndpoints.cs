using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Http;
using Kontena.Contracts.Registries;

namespace Kontena.Api.Registries;

/// <summary>Logins at image registries (rest-api.md §15).</summary>
internal static class RegistryEndpoints
{
    private const string Closed = "The vault's keys are not where grid-manager looks for them; the error says what to bring";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var registries = routes.MapGroup("/v1").WithTags("external registries");
        registries.MapGet("/grids/{grid}/external_registries", ListAsync).WithFacts("listRegistries", Need.GridUser).Produces<ExternalRegistriesJson>()
            .WithSummary("The registries that nodes of a grid log in at, without passwords");
        registries.MapPost("/grids/{grid}/external_registries", AddAsync).WithFacts("addRegistry", Need.GridUser).Refuses(503, Closed)
            .Produces<ExternalRegistryJson>(201).WithMetadata(new BodyOf(typeof(ExternalRegistryRequest)))
            .WithSummary("Keep the login at a registry; one of the same registry is replaced");
        registries.MapGet("/external_registries/{grid}/{name}", ShowAsync).WithFacts("showRegistry", Need.GridUser).Produces<ExternalRegistryJson>()
            .WithSummary("One registry, without the password");
        registries.MapDelete("/external_registries/{grid}/{name}", RemoveAsync).WithFacts("removeRegistry", Need.GridUser)
            .WithSummary("Forget the login at a registry; images that are on nodes stay there");
    }

    private static async Task<IResult> ListAsync(string grid, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        return Reply.Ok(
            new ExternalRegistriesJson([.. (await reader.RegistriesAsync(grid, cancellationToken)).Select(RegistryRendering.Render)]),
            KontenaResponseJson.Wire.ExternalRegistriesJson);
    }

    private static async Task<IResult> ShowAsync(string grid, string name, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        return Reply.Ok(RegistryRendering.Render(await reader.RegistryAsync(grid, name, cancellationToken)), KontenaResponseJson.Wire.ExternalRegistryJson);
    }

    private static async Task<IResult> AddAsync(string grid, HttpContext http, SnapshotReader reader, RegistryWriting writing, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var name = await writing.WriteAsync(grid, await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.ExternalRegistryRequest), cancellationToken);
        return Reply.Created(RegistryRendering.Render(await reader.RegistryAsync(grid, name, cancellationToken)), KontenaResponseJson.Wire.ExternalRegistryJson);
    }

    /// <summary>The original's body is empty here, not an object.</summary>
    private static async Task<IResult> RemoveAsync(string grid, string name, SnapshotReader reader, Commands commands, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        await commands.AskGridManagerAsync(new DeleteRegistry { Grid = grid, Name = name }, cancellationToken);
        return new Reply(StatusCodes.Status200OK, ReadOnlyMemory<byte>.Empty);
    }
}
