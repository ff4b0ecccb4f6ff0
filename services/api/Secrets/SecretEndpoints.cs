using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Http;
using Kontena.Contracts.Vault;

namespace Kontena.Api.Secrets;

/// <summary>The vault (rest-api.md §16).</summary>
internal static class SecretEndpoints
{
    private const string Closed = "Vault not configured: the vault's keys are not where grid-manager looks for them; the error says what to bring";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var secrets = routes.MapGroup("/v1").WithTags("secrets");
        secrets.MapGet("/grids/{grid}/secrets", ListAsync).WithFacts("listSecrets", Need.GridUser).Produces<SecretsJson>()
            .WithSummary("The secrets of a grid, without their values");
        secrets.MapPost("/grids/{grid}/secrets", CreateAsync).WithFacts("createSecret", Need.GridUser).HasSecret().Refuses(503, Closed).Produces<SecretValueJson>(201)
            .WithMetadata(new BodyOf(typeof(SecretWriteRequest))).WithSummary("Keep a secret");
        secrets.MapPut("/grids/{grid}/secrets/{name}", UpdateAsync).WithFacts("writeSecret", Need.GridUser).Refuses(503, Closed)
            .Produces<SecretValueJson>().Produces<SecretValueJson>(201)
            .WithMetadata(new BodyOf(typeof(SecretWriteRequest))).WithSummary("Another name for updateSecret, as old clients call it");
        secrets.MapGet("/secrets/{grid}/{name}", ShowAsync).WithFacts("showSecret", Need.GridUser).Refuses(503, Closed).Produces<SecretValueJson>()
            .WithSummary("One secret with its value");
        secrets.MapPut("/secrets/{grid}/{name}", UpdateAsync).WithFacts("updateSecret", Need.GridUser).Refuses(503, Closed)
            .Produces<SecretValueJson>().Produces<SecretValueJson>(201)
            .WithMetadata(new BodyOf(typeof(SecretWriteRequest))).WithSummary("Give a secret another value; with upsert and its name in the body, also a first one");
        secrets.MapDelete("/secrets/{grid}/{name}", DeleteAsync).WithFacts("removeSecret", Need.GridUser).WithSummary("Remove a secret");
    }

    private static async Task<IResult> ListAsync(string grid, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var secrets = reader.SecretsAsync(grid, cancellationToken);
        var services = reader.ServicesAsync(grid, cancellationToken);
        return Reply.Ok(SecretRendering.Entries(await secrets, await services), KontenaResponseJson.Wire.SecretsJson);
    }

    private static async Task<IResult> ShowAsync(string grid, string name, SnapshotReader reader, SecretValues values, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var secret = await reader.SecretAsync(grid, name, cancellationToken);
        var value = await values.ReadAsync(secret, cancellationToken);
        return Reply.Ok(SecretRendering.Show(secret, value, await reader.ServicesAsync(grid, cancellationToken)), KontenaResponseJson.Wire.SecretValueJson);
    }

    private static async Task<IResult> CreateAsync(string grid, HttpContext http, SnapshotReader reader, SecretValues values, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.SecretWriteRequest);
        await values.WriteAsync(grid, request.Name, request.Value, SecretWriting.Create, cancellationToken);
        return Reply.Created(await RenderAsync(reader, grid, request, request.Name!, cancellationToken), KontenaResponseJson.Wire.SecretValueJson);
    }

    private static async Task<IResult> UpdateAsync(string grid, string name, HttpContext http, SnapshotReader reader, SecretValues values, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.SecretWriteRequest);
        var isThere = await reader.FindSecretAsync(grid, name, cancellationToken) is not null;
        if (!isThere && request.Upsert != true)
            throw Nothing();
        // One that is created is named twice: a client that mixed them up would write over another one's value.
        if (!isThere && request.Name is null)
            throw HttpRefusal.Invalid("name", "Name is required");
        if (!isThere && request.Name != name)
            throw HttpRefusal.Invalid("name", $"Name is not the one in the path, {name}");

        var written = await values.WriteAsync(grid, name, request.Value, request.Upsert == true ? SecretWriting.Upsert : SecretWriting.Update, cancellationToken)
            ?? throw Nothing();
        var shown = await RenderAsync(reader, grid, request, name, cancellationToken);
        return written.IsNew ? Reply.Created(shown, KontenaResponseJson.Wire.SecretValueJson) : Reply.Ok(shown, KontenaResponseJson.Wire.SecretValueJson);
    }

    private static async Task<IResult> DeleteAsync(string grid, string name, SnapshotReader reader, Commands commands, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        await commands.AskGridManagerAsync(new DeleteSecret { Grid = grid, Name = name }, cancellationToken);
        return Reply.Empty;
    }

    /// <summary>What was just written, as the writer sent it: nothing is read for it.</summary>
    private static async Task<SecretValueJson> RenderAsync(
        SnapshotReader reader, string grid, SecretWriteRequest request, string name, CancellationToken cancellationToken) =>
        SecretRendering.Show(
            await reader.SecretAsync(grid, name, cancellationToken), request.Value ?? "", await reader.ServicesAsync(grid, cancellationToken));

    /// <summary>The original says nothing but the status here.</summary>
    private static HttpRefusal Nothing() => new(StatusCodes.Status404NotFound, body: null);
}
