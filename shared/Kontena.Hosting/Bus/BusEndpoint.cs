using Kontena.Contracts.Messaging;

namespace Kontena.Hosting.Bus;

/// <summary>One queue and who reads it. The rules that differ per queue stand beside its consumers, none in <c>Program.cs</c>.</summary>
public sealed record BusEndpoint(string Queue)
{
    /// <summary>Types that implement MassTransit's <c>IConsumer&lt;T&gt;</c>; made anew per message from the container's scope.</summary>
    public required IReadOnlyList<Type> Consumers { get; init; }

    /// <summary>Exchanges whose messages also arrive here.</summary>
    public IReadOnlyList<BusBinding> Bindings { get; init; } = [];

    /// <summary>At most one process reads the queue at a time; the broker chooses the next when it goes.</summary>
    public bool SingleActiveConsumer { get; init; }

    /// <summary>Gone with its process: for answers to one process, never for orders. What is sent straight to it needs a name of <see cref="Queues.IsTemporary"/>.</summary>
    public bool Temporary { get; init; }

    /// <summary>Messages are JSON without MassTransit's envelope, as <see cref="BareMessages"/> sends them; there is one kind of them, and one consumer.</summary>
    public bool Bare { get; init; }

    /// <summary>Messages taken at once from the broker, 1 to 1000.</summary>
    public int Prefetch { get; init; } = 32;

    /// <summary>Messages worked on at once, 1 to <see cref="Prefetch"/>. 1 keeps the order.</summary>
    public int Concurrency { get; init; } = 16;
}

/// <param name="Exchange">A name from Queues.</param>
/// <param name="RoutingKey">A topic pattern such as <c>7.#</c>; null for a fanout exchange.</param>
public sealed record BusBinding(string Exchange, string? RoutingKey = null);
