namespace Kontena.EndToEnd.Lab;

/// <summary>The names of <c>infra/docs/names.md</c>, and to which of the containers there are each of them leads.</summary>
internal static class DocumentedNames
{
    private const string Grid = "default.kontena.local";
    private const string NoStack = "null";

    /// <param name="asker">Bare names and aliases of links are its own.</param>
    /// <param name="exposed">The service that each stack exposes.</param>
    /// <param name="aliases">By service that has the link: the alias, and the service of the stack it is for.</param>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> For(
        LabContainer asker, IReadOnlyList<LabContainer> all, string exposed, IReadOnlyDictionary<string, (string Alias, string Service)> aliases)
    {
        var names = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var service in all.GroupBy(one => (one.Stack, one.Service)))
        {
            List<string> everybody = [.. service.Select(one => one.Address).Order(StringComparer.Ordinal)];
            foreach (var name in OfService(service.Key.Stack, service.Key.Service, asker, exposed))
                names[name] = everybody;
            foreach (var one in service)
            {
                foreach (var name in OfInstance(one, exposed))
                    names[name] = [one.Address];
            }

            if (asker.Stack == service.Key.Stack && aliases.TryGetValue(asker.Service, out var link) && link.Service == service.Key.Service)
                names[link.Alias] = everybody;
        }

        return names;
    }

    /// <summary>What a question for the address leads to.</summary>
    public static string Reverse(LabContainer one) => OfInstance(one, exposed: "").First();

    private static IEnumerable<string> OfService(string stack, string service, LabContainer asker, string exposed)
    {
        if (stack == NoStack)
            return [service, $"{service}.{Grid}", $"{service}.kontena.local"];
        return
        [
            $"{service}.{stack}", $"{service}.{stack}.{Grid}",
            .. asker.Stack == stack ? [service] : Array.Empty<string>(),
            .. service == exposed ? [stack, $"{stack}.{Grid}"] : Array.Empty<string>(),
        ];
    }

    private static IEnumerable<string> OfInstance(LabContainer one, string exposed)
    {
        if (one.Stack == NoStack)
            return [$"{one.Service}-{one.Number}.{Grid}", $"{one.Service}-{one.Number}.kontena.local"];
        return
        [
            $"{one.Service}-{one.Number}.{one.Stack}.{Grid}",
            .. one.Service == exposed ? [$"{one.Stack}-{one.Number}.{Grid}"] : Array.Empty<string>(),
        ];
    }
}
