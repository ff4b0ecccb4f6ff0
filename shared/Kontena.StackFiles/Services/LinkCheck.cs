using Kontena.Contracts.Services;
using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Services;

/// <summary>Links within the stack must lead somewhere and must not go round in a circle.</summary>
internal static class LinkCheck
{
    public static void Run(IReadOnlyList<(ServiceRequest Service, YamlMap Written, string Path)> services, Remarks remarks)
    {
        var byName = services.ToDictionary(one => one.Service.Name!, StringComparer.Ordinal);
        foreach (var (service, written, path) in services)
        {
            foreach (var target in InStack(service).Where(target => !byName.ContainsKey(target)))
            {
                remarks.Error(PlaceOf(written, target), $"{path}.links",
                    $"service {service.Name} has missing links: {target}{Closest.Sentence(target, byName.Keys)} Add a service of that name, or write stack/{target} for one of another stack");
            }

            if (Circle(service.Name!, byName) is { } circle)
                remarks.Error(PlaceOf(written, circle[1]), $"{path}.links", $"service {service.Name} has recursive links: {string.Join(" → ", circle)}. Take one of them away");
        }
    }

    private static IEnumerable<string> InStack(ServiceRequest service) =>
        (service.Links ?? []).Select(link => link.Name!).Where(name => !name.Contains('/', StringComparison.Ordinal)).Distinct();

    /// <summary>Where the link was written; where the service was, when that can't be told.</summary>
    private static Place PlaceOf(YamlMap written, string target)
    {
        foreach (var key in (string[])["links", "depends_on"])
        {
            var items = written[key] switch
            {
                YamlList list => list.Items.Select(item => (Text: (item as YamlScalar ?? (item as YamlMap)?["name"] as YamlScalar)?.Text, item.Place)),
                YamlMap map => map.Entries.Select(entry => (Text: (string?)entry.Key, Place: entry.KeyPlace)),
                _ => [],
            };
            if (items.FirstOrDefault(item => item.Text?.Split(':')[0] == target) is { Text: not null } found)
                return found.Place;
        }

        return written.Place;
    }

    /// <summary>The way from a service back to itself; null when there is none.</summary>
    private static List<string>? Circle(string start, Dictionary<string, (ServiceRequest Service, YamlMap Written, string Path)> services)
    {
        var cameFrom = new Dictionary<string, string>(StringComparer.Ordinal);
        var open = new Queue<string>([start]);
        while (open.TryDequeue(out var at))
        {
            foreach (var next in InStack(services[at].Service).Where(services.ContainsKey))
            {
                if (next == start)
                {
                    var way = new List<string> { start };
                    for (var back = at; back != start; back = cameFrom[back])
                        way.Insert(0, back);
                    way.Insert(0, start);
                    return way;
                }

                if (cameFrom.TryAdd(next, at))
                    open.Enqueue(next);
            }
        }

        return null;
    }
}
