using System.Text.Json.Nodes;
using Kontena.Api.Http;

namespace Kontena.Api.Master;

/// <summary>The configuration that clients read of a master (rest-api.md §7). What the original keeps under these keys is given to our services when they are started, so only what is fixed shows, and nothing can be written.</summary>
internal static class ConfigEndpoints
{
    private static readonly QueryParameter Filter = new("filter", QueryType.Text, "Only keys with this in them; those that begin with it when it ends with *");
    private static readonly Absence NoWriting = new(
        "This master is configured by the settings its services are started with, not over HTTP: see the tables of settings in the services' READMEs");

    /// <summary>Keys that say something true of every installation; the values are texts, as in the original.</summary>
    private static readonly SortedDictionary<string, string> Fixed = new(StringComparer.Ordinal)
    {
        ["cloud.enabled"] = "false",
        ["server.telemetry_enabled"] = "false",
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        var config = routes.MapGroup("/v1/config").WithTags("master");
        config.MapGet("", (HttpContext http) => Reply.Of(StatusCodes.Status200OK, Matching(Filter.TextOf(http))))
            .WithFacts("listConfig", Need.MasterAdmin).DeniedBy(Denial.OAuth).Reads(Filter).Produces<Dictionary<string, string>>()
            .WithSummary("What this master says of its configuration");
        config.MapGet("/{key}", Show).WithFacts("showConfig", Need.MasterAdmin).DeniedBy(Denial.OAuth).Refuses(404, "The key is not set; the body is a bare JSON string")
            .Produces<Dictionary<string, string>>().WithSummary("One key of it");
        config.MapAbsent("PATCH", "", "changeConfig", Need.MasterAdmin, NoWriting).DeniedBy(Denial.OAuth);
        config.MapAbsent("PUT", "", "replaceConfig", Need.MasterAdmin, NoWriting).DeniedBy(Denial.OAuth);
        config.MapAbsent("DELETE", "", "clearConfig", Need.MasterAdmin, NoWriting).DeniedBy(Denial.OAuth);
        config.MapAbsent("DELETE", "/{key}", "unsetConfig", Need.MasterAdmin, NoWriting).DeniedBy(Denial.OAuth);
    }

    /// <summary>Keys in order; a text that ends with <c>*</c> is a beginning, any other a part.</summary>
    internal static JsonObject Matching(string? filter)
    {
        var matching = Fixed.Where(one => filter is null
            || (filter.EndsWith('*') ? one.Key.StartsWith(filter[..^1], StringComparison.Ordinal) : one.Key.Contains(filter, StringComparison.Ordinal)));
        return new JsonObject(matching.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value)));
    }

    private static Reply Show(string key) => Fixed.TryGetValue(key, out var value)
        ? Reply.Of(StatusCodes.Status200OK, new JsonObject { [key] = value })
        : Reply.Of(StatusCodes.Status404NotFound, JsonValue.Create("Not found"));
}
