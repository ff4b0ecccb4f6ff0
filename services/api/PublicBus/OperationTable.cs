using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Kontena.Api.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Kontena.Api.PublicBus;

/// <summary>An operation that can be asked for over the queue: one that looks at who asks, below <c>/v1/</c>.</summary>
/// <param name="Body">What its body is; null when it takes none.</param>
internal sealed record PublicOperation(string Id, string Method, RoutePattern Pattern, RouteFacts Facts, Type? Body, string? Summary)
{
    /// <summary>As the documents write it.</summary>
    public string Path => Pattern.RawText!;

    /// <summary>The path with these parameters in it, and what is left for the query. Pure.</summary>
    /// <returns>Null with <paramref name="mistakes"/>.</returns>
    public string? PathOf(IReadOnlyList<KeyValuePair<string, string>> parameters, out IReadOnlyList<KeyValuePair<string, string>> query, JsonObject mistakes)
    {
        query = [.. parameters.Where(one => Pattern.GetParameter(one.Key) is null)];
        var segments = new List<string>();
        foreach (var segment in Pattern.PathSegments)
        {
            var text = "";
            foreach (var part in segment.Parts)
            {
                if (part is RoutePatternParameterPart parameter)
                    text += ValueOf(parameter, parameters, mistakes);
                else
                    text += part is RoutePatternLiteralPart literal ? literal.Content : ((RoutePatternSeparatorPart)part).Content;
            }

            segments.Add(text);
        }

        return mistakes.Count > 0 ? null : "/" + string.Join('/', segments);
    }

    /// <summary>The query parameters among these that it does not read.</summary>
    public void RefuseUnknown(IReadOnlyList<KeyValuePair<string, string>> query, JsonObject mistakes)
    {
        foreach (var (name, _) in query.Where(one => Facts.Query.All(known => known.Name != one.Key)).Take(10))
        {
            var shown = name.Length > 64 ? name[..64] + "…" : name;
            var known = Pattern.Parameters.Select(one => one.Name).Concat(Facts.Query.Select(one => one.Name)).ToList();
            mistakes.TryAdd($"parameters.{shown}", $"parameters.{shown} is not known to {Id}, which takes {(known.Count == 0 ? "none" : string.Join(", ", known))}");
        }
    }

    private static string ValueOf(RoutePatternParameterPart parameter, IReadOnlyList<KeyValuePair<string, string>> parameters, JsonObject mistakes)
    {
        var given = parameters.Where(one => one.Key == parameter.Name).Select(one => one.Value).ToList();
        var field = $"parameters.{parameter.Name}";
        if (given.Count != 1)
            mistakes.TryAdd(field, given.Count == 0 ? $"{field} is missing; a text is expected" : $"{field} is a list; one text is expected");
        else if (given[0].Length == 0 || given[0].Any(char.IsControl) || (!parameter.IsCatchAll && (given[0].Contains('/', StringComparison.Ordinal) || given[0] is "." or "..")))
            mistakes.TryAdd(field, $"{field} is empty, or has a / or control characters; a name is expected");
        else
            return given[0];
        return "";
    }
}

/// <summary>Every operation of the route table that can be asked for over the queue, by id.</summary>
internal sealed class OperationTable(IEnumerable<EndpointDataSource> sources)
{
    private readonly Lazy<FrozenDictionary<string, PublicOperation>> _all = new(() => Read(sources));

    /// <summary>By id.</summary>
    public IReadOnlyList<PublicOperation> All => [.. _all.Value.Values.OrderBy(one => one.Id, StringComparer.Ordinal)];

    public PublicOperation? Find(string id) => _all.Value.GetValueOrDefault(id);

    private static FrozenDictionary<string, PublicOperation> Read(IEnumerable<EndpointDataSource> sources) =>
        sources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Select(route => (Route: route, Facts: route.Metadata.GetMetadata<RouteFacts>()))
            .Where(one => one.Facts is { Need.TakesToken: true } && one.Route.RoutePattern.RawText!.StartsWith("/v1/", StringComparison.Ordinal))
            .Where(one => one.Route.Metadata.GetMetadata<StreamOnly>() is null)
            .Select(one => new PublicOperation(
                one.Facts!.Operation, one.Route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0], one.Route.RoutePattern, one.Facts,
                one.Route.Metadata.GetMetadata<BodyOf>()?.Type, one.Route.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary))
            .ToFrozenDictionary(one => one.Id, StringComparer.Ordinal);
}
