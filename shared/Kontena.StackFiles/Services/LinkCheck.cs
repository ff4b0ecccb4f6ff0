using Kontena.Contracts.Services;
using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Services;

/// <summary>Links within the stack must lead somewhere and must not go round in a circle.</summary>
internal static class LinkCheck
{
    public static void Run(IReadOnlyList<(ServiceRequest Service, Place Place, string Path)> services, Remarks remarks)
    {
        var byName = services.ToDictionary(one => one.Service.Name!, StringComparer.Ordinal);
        foreach (var (service, place, path) in services)
        {
            foreach (var target in InStack(service).Where(target => !byName.ContainsKey(target)))
            {
                remarks.Error(place, $"{path}.links",
                    $"service {service.Name} has missing links: {target}{Closest.Hint(target, byName.Keys)} Add a service of that name, or write stack/{target} for one of another stack");
            }

            if (Circle(service.Name!, byName) is { } circle)
                remarks.Error(place, $"{path}.links", $"service {service.Name} has recursive links: {string.Join(" → ", circle)}");
        }
    }

    private static IEnumerable<string> InStack(ServiceRequest service) =>
        (service.Links ?? []).Select(link => link.Name!).Where(name => !name.Contains('/', StringComparison.Ordinal)).Distinct();

    /// <summary>The way from a service back to itself; null when there is none.</summary>
    private static List<string>? Circle(string start, Dictionary<string, (ServiceRequest Service, Place Place, string Path)> services)
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
