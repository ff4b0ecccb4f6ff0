using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Docker;

namespace Kontena.NodeAgent.Networking;

/// <summary>Under which names a container is found on the grid's network, and under which it finds others (runtime.md §3.14).</summary>
/// <remarks>
/// The engine's own name server answers them: full names as network aliases of the container that has them, so several
/// instances of a service share one; aliases of links as endpoint links, which the engine resolves by name at each question,
/// so they follow the target when it moves to another address. The original stored link aliases and never published them.
/// </remarks>
internal static class ContainerNames
{
    private const string Domain = ".kontena.local";

    public static EndpointConfig EndpointOf(InstanceSpec spec) => new()
    {
        Aliases = [.. spec.DnsNames.SelectMany(name => WithShortForm(name, spec.Grid)).Distinct(StringComparer.OrdinalIgnoreCase)],
        Links = [.. spec.LinkAliases.SelectMany(link => LinksOf(link, spec)).Distinct(StringComparer.Ordinal)],
    };

    /// <summary><c>web.shop.prod.kontena.local</c> also as <c>web.shop</c>: resolvers ask for dotted names as they stand before (or
    /// instead of) trying the search list.</summary>
    private static IEnumerable<string> WithShortForm(string name, string grid)
    {
        yield return name;
        var suffix = $".{grid}{Domain}";
        if (name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) && name[..^suffix.Length].Contains('.', StringComparison.Ordinal))
            yield return name[..^suffix.Length];
    }

    /// <summary>The bare alias, and the alias under the first search domain, which most resolvers ask for first.</summary>
    private static IEnumerable<string> LinksOf(LinkAlias link, InstanceSpec spec)
    {
        var target = link.Stack == Service.NoStack
            ? $"{link.Service}.{spec.Grid}{Domain}"
            : $"{link.Service}.{link.Stack}.{spec.Grid}{Domain}";
        yield return $"{target}:{link.Alias}";
        if (spec.DnsSearch.Count > 0 && $"{link.Alias}.{spec.DnsSearch[0]}" is var full && full != target)
            yield return $"{target}:{full}";
    }
}
