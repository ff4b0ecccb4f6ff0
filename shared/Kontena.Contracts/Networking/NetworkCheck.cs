namespace Kontena.Contracts.Networking;

/// <summary>Command to grid-manager: let every node that is online measure its way to every other. Answered with <see cref="Commands.CommandResult"/>;
/// <c>CreatedId</c> is the check's, <c>Notes</c> names the nodes that were asked.</summary>
public sealed record CheckNetwork
{
    public required string Grid { get; init; }

    /// <summary>Also how much goes through: each pair carries as much as it can for a third of a second.</summary>
    public bool Throughput { get; init; }
}

/// <summary>Order to an agent: measure, and report <see cref="NetworkMeasured"/>.</summary>
public sealed record MeasureNetwork
{
    public required string CheckId { get; init; }
    public bool Throughput { get; init; }
}

/// <summary>From an agent: what it measured to every other node of its map.</summary>
public sealed record NetworkMeasured
{
    public required string Grid { get; init; }
    public required string Node { get; init; }
    public required string NodeId { get; init; }
    public required string CheckId { get; init; }
    public IReadOnlyList<MeasuredPair> Pairs { get => field ?? []; init; } = [];

    /// <summary>An agent begins no measurement of throughput later than this after the first; pairs that did not get their turn have none.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);
}

/// <summary>The last check as one node saw it. Written by grid-manager; id is the node's name.</summary>
public sealed record NetworkCheck
{
    public required string Grid { get; init; }
    public required string Node { get; init; }
    public required string CheckId { get; init; }
    public required DateTimeOffset At { get; init; }
    public IReadOnlyList<MeasuredPair> Pairs { get => field ?? []; init; } = [];
}

/// <param name="Peer">The other node.</param>
/// <param name="Driver">One of <see cref="OverlayDriver"/>; null when there is no way.</param>
/// <param name="Reached">Its agent answered over the overlay.</param>
/// <param name="RoundTrip">Milliseconds, the least of ten; null when not reached.</param>
/// <param name="Mtu">Bytes of the largest packet that went through whole; null when not measured.</param>
/// <param name="PlannedMtu">Bytes that should go through.</param>
/// <param name="Megabits">Per second; null when not asked for or not reached.</param>
/// <param name="Why">What is wrong and what to do, in a sentence; null when all is well. At most 300 characters.</param>
public sealed record MeasuredPair(string Peer, string? Driver, bool Reached, double? RoundTrip, int? Mtu, int PlannedMtu, double? Megabits, string? Why);
