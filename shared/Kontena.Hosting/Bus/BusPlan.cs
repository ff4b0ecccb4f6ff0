namespace Kontena.Hosting.Bus;

/// <summary>What the modules of a process asked of one bus.</summary>
internal sealed class BusPlan
{
    private readonly Dictionary<string, BusEndpoint> _endpoints = new(StringComparer.Ordinal);
    private readonly HashSet<Type> _consumers = [];

    public IReadOnlyCollection<BusEndpoint> Endpoints => _endpoints.Values;

    public IReadOnlyCollection<Type> Consumers => _consumers;

    /// <summary>A module that is added twice opens its queue once.</summary>
    public void Add(BusEndpoint endpoint)
    {
        if (endpoint.Prefetch is < 1 or > 1000)
            throw new ArgumentOutOfRangeException(nameof(endpoint), $"queue '{endpoint.Queue}': prefetch {endpoint.Prefetch} is not within 1 to 1000");
        if (endpoint.Concurrency < 1)
            throw new ArgumentOutOfRangeException(nameof(endpoint), $"queue '{endpoint.Queue}': concurrency {endpoint.Concurrency} is not positive");
        _endpoints[endpoint.Queue] = endpoint;
        AddConsumers(endpoint.Consumers);
    }

    public void AddConsumers(IEnumerable<Type> consumers) => _consumers.UnionWith(consumers);
}
