using System.Text.Json;
using System.Text.Json.Nodes;
using Kontena.Api.Http;
using Kontena.Contracts.Config;
using Kontena.Contracts.Vault;
using Kontena.Core.Vault;

namespace Kontena.Api.Master;

/// <summary>The configuration of a master (rest-api.md §7): flat, values of any JSON type, secrets in the clear for a master_admin and nowhere else.</summary>
internal static class ConfigEndpoints
{
    private const string Closed = "A secret is asked for or set, and the vault's keys are not where grid-manager looks for them";
    private static readonly QueryParameter Filter = new("filter", QueryType.Text, "Only keys with this in them; those that begin with it when it ends with *");

    public static void Map(IEndpointRouteBuilder routes)
    {
        var config = routes.MapGroup("/v1/config").WithTags("master");
        config.MapGet("", ListAsync).WithFacts("listConfig", Need.MasterAdmin).DeniedBy(Denial.OAuth).Reads(Filter).Refuses(503, Closed)
            .Produces<Dictionary<string, string>>().WithSummary("The configuration, by key and in order");
        config.MapGet("/{key}", ShowAsync).WithFacts("showConfig", Need.MasterAdmin).DeniedBy(Denial.OAuth).Refuses(404, "The key is not set; the body is a bare JSON string")
            .Refuses(503, Closed).Produces<Dictionary<string, string>>().WithSummary("One key of it");
        config.MapPatch("", ChangeAsync).WithFacts("changeConfig", Need.MasterAdmin).DeniedBy(Denial.OAuth).Refuses(503, Closed)
            .WithMetadata(new BodyOf(typeof(Dictionary<string, string>))).Produces(201).WithSummary("Set keys; null unsets one");
        config.MapPut("", ReplaceAsync).WithFacts("replaceConfig", Need.MasterAdmin).DeniedBy(Denial.OAuth).Refuses(503, Closed)
            .WithMetadata(new BodyOf(typeof(Dictionary<string, string>))).Produces(201).WithSummary("Set these keys and unset all others but server.uuid");
        config.MapDelete("", ClearAsync).WithFacts("clearConfig", Need.MasterAdmin).DeniedBy(Denial.OAuth).Produces(201).WithSummary("Unset all keys but server.uuid");
        config.MapDelete("/{key}", UnsetAsync).WithFacts("unsetConfig", Need.MasterAdmin).DeniedBy(Denial.OAuth).Produces(201).WithSummary("Unset a key; one that is not set is no mistake");
    }

    private static async Task<IResult> ListAsync(HttpContext http, MasterConfigReader reader, CancellationToken cancellationToken)
    {
        var filter = Filter.TextOf(http);
        var matching = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (key, value) in (await reader.ReadAsync(cancellationToken)).Where(one => Matches(one.Key, filter)))
            matching[key] = value;
        await reader.OpenAsync(matching, cancellationToken);
        return Reply.Of(StatusCodes.Status200OK, MasterConfigReader.Render(matching));
    }

    /// <summary>A text that ends with <c>*</c> is a beginning, any other a part.</summary>
    internal static bool Matches(string key, string? filter) =>
        filter is null || (filter.EndsWith('*') ? key.StartsWith(filter[..^1], StringComparison.Ordinal) : key.Contains(filter, StringComparison.Ordinal));

    private static async Task<IResult> ShowAsync(string key, MasterConfigReader reader, CancellationToken cancellationToken)
    {
        var one = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        if ((await reader.ReadAsync(cancellationToken)).TryGetValue(key, out var value))
            one[key] = value;
        await reader.OpenAsync(one, cancellationToken);
        return one.Count > 0 ? Reply.Of(StatusCodes.Status200OK, MasterConfigReader.Render(one)) : Reply.Of(StatusCodes.Status404NotFound, JsonValue.Create("Not found"));
    }

    private static async Task<IResult> ChangeAsync(HttpContext http, Commands commands, CancellationToken cancellationToken) =>
        await WriteAsync(await ReadAsync(http), replace: false, commands, cancellationToken);

    private static async Task<IResult> ReplaceAsync(HttpContext http, Commands commands, CancellationToken cancellationToken) =>
        await WriteAsync(await ReadAsync(http), replace: true, commands, cancellationToken);

    private static async Task<IResult> ClearAsync(Commands commands, CancellationToken cancellationToken) =>
        await WriteAsync([], replace: true, commands, cancellationToken);

    private static async Task<IResult> UnsetAsync(string key, Commands commands, CancellationToken cancellationToken) =>
        await WriteAsync([new(key, null)], replace: false, commands, cancellationToken);

    /// <summary>Values by key; null for what goes. One that is there twice is left for grid-manager to refuse.</summary>
    private static async Task<IReadOnlyList<KeyValuePair<string, string?>>> ReadAsync(HttpContext http)
    {
        using var document = await RequestBody.ParseAsync(http);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new HttpRefusal(StatusCodes.Status400BadRequest, "Invalid json: the body must be an object");
        return [.. document.RootElement.EnumerateObject()
            .Select(one => KeyValuePair.Create(one.Name, one.Value.ValueKind == JsonValueKind.Null ? null : one.Value.GetRawText()))];
    }

    private static async Task<IResult> WriteAsync(
        IReadOnlyList<KeyValuePair<string, string?>> values, bool replace, Commands commands, CancellationToken cancellationToken)
    {
        var set = values.Where(one => one.Value is not null).ToLookup(one => MasterConfig.IsSecret(one.Key));
        var written = await commands.AskGridManagerAsync<ChangeConfig, VaultWritten>(new ChangeConfig
        {
            Set = [.. set[false].Select(one => new ConfigValue(one.Key, one.Value!))],
            SetSecrets = set[true].Any() ? await SealAsync(set[true], commands, cancellationToken) : [],
            Unset = [.. values.Where(one => one.Value is null).Select(one => one.Key)],
            Replace = replace,
        }, cancellationToken);
        RefuseWhenClosed(written.Closed);
        Commands.Require(written.Result);
        return Reply.Of(StatusCodes.Status201Created, new JsonObject());
    }

    private static async Task<List<SentConfig>> SealAsync(IEnumerable<KeyValuePair<string, string?>> secrets, Commands commands, CancellationToken cancellationToken)
    {
        var door = await commands.AskGridManagerAsync<AskVaultDoor, VaultDoor>(new AskVaultDoor(), cancellationToken);
        RefuseWhenClosed(door.Closed);
        return [.. secrets.Select(one => new SentConfig(one.Key, BusSeal.Seal(door.PublicKey!, ConfigPlaces.Writing(one.Key), one.Value!)))];
    }

    private static void RefuseWhenClosed(string? why)
    {
        if (why is not null)
            throw HttpRefusal.Away($"Vault not configured: {why}");
    }
}
