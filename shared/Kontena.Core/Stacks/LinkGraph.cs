namespace Kontena.Core.Stacks;

/// <summary>The links among the services of one stack: what is missing, what goes in circles, what must start first.</summary>
public sealed class LinkGraph
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, IReadOnlyList<string>> _links = new(StringComparer.Ordinal);

    /// <param name="services">Each service with the names it links to within the stack; the first of two equal names counts.</param>
    public LinkGraph(IEnumerable<(string Service, IReadOnlyList<string> Links)> services)
    {
        foreach (var (service, links) in services)
        {
            if (_links.TryAdd(service, links))
                _names.Add(service);
        }

        Order = Sort();
        Recursive = _names.Except(Order, StringComparer.Ordinal).Where(ReachesItself).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Those linked to before those that link; otherwise as given. Services in or behind a circle are left out.</summary>
    public IReadOnlyList<string> Order { get; }

    /// <summary>Services that link to themselves, directly or over others.</summary>
    public IReadOnlySet<string> Recursive { get; }

    /// <summary>The links of a service that point to no service of the stack.</summary>
    public IReadOnlyList<string> MissingOf(string service) =>
        [.. _links[service].Where(link => !_links.ContainsKey(link)).Distinct(StringComparer.Ordinal)];

    /// <summary>The shortest way from a recursive service back to itself, beginning and ending with it; empty when there is none.</summary>
    public IReadOnlyList<string> CircleOf(string start)
    {
        var cameFrom = new Dictionary<string, string>(StringComparer.Ordinal);
        var open = new Queue<string>([start]);
        while (open.TryDequeue(out var at))
        {
            foreach (var next in KnownLinks(at))
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

        return [];
    }

    private List<string> Sort()
    {
        var waitsFor = _names.ToDictionary(name => name, name => KnownLinks(name).Count, StringComparer.Ordinal);
        var waiters = _names
            .SelectMany(name => KnownLinks(name).Select(link => (link, name)))
            .ToLookup(pair => pair.link, pair => pair.name, StringComparer.Ordinal);
        var place = _names.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index, StringComparer.Ordinal);

        var ready = new PriorityQueue<string, int>(_names.Where(name => waitsFor[name] == 0).Select(name => (name, place[name])));
        var order = new List<string>(_names.Count);
        while (ready.TryDequeue(out var name, out _))
        {
            order.Add(name);
            foreach (var waiter in waiters[name])
            {
                if (--waitsFor[waiter] == 0)
                    ready.Enqueue(waiter, place[waiter]);
            }
        }

        return order;
    }

    // Walks with its own stack of names: a chain of thousands of services must not end the process.
    private bool ReachesItself(string start)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var next = new Stack<string>(KnownLinks(start));
        while (next.TryPop(out var name))
        {
            if (name == start)
                return true;
            if (seen.Add(name))
            {
                foreach (var link in KnownLinks(name))
                    next.Push(link);
            }
        }

        return false;
    }

    private HashSet<string> KnownLinks(string name) => _links[name].Where(_links.ContainsKey).ToHashSet(StringComparer.Ordinal);
}
