using Kontena.Contracts.Nodes;

namespace Kontena.GridManager.Nodes.Liveness;

/// <summary>What is known of one node's liveness: the document as stored, and what was heard since.</summary>
/// <param name="Version">Of the stored document; <see cref="Unread"/> when it must be read again before it is written.</param>
/// <param name="HeardAt">Span since process start; null when not heard by this process.</param>
/// <param name="FactsHash">Of the facts stored.</param>
/// <param name="KnownSince">Since when this process hears it, if it speaks; before, its heartbeats said nothing to it.</param>
/// <param name="Runs">Which process of the agent is the node.</param>
internal sealed record NodePulse(NodeLiveness Stored, long Version, string NodeId, string? FactsHash, TimeSpan? HeardAt, TimeSpan KnownSince, RunWatch Runs)
{
    public const long Unread = -1;

    /// <summary>The last moment at which it was not silent, as far as this process can tell.</summary>
    public TimeSpan NotSilentAt => HeardAt is { } heard && heard > KnownSince ? heard : KnownSince;

    /// <summary>What the agent said last does not work; null when not heard by this process.</summary>
    public IReadOnlyList<string>? Troubles { get; init; }

    /// <summary>Its agent said that it goes and comes back, and has not been heard since.</summary>
    public bool Leaves { get; init; }
    public ClockWindow Clock { get; init; } = ClockWindow.Empty;
    public NodeRival? Rival { get; init; }
}

/// <summary>What a heartbeat met.</summary>
internal enum Hearing
{
    Known,

    /// <summary>No node of this name with this engine is known in memory; the store may know more.</summary>
    Unknown,

    /// <summary>Known, but the facts stored are not the agent's.</summary>
    OtherFacts,

    /// <summary>Another machine has the node's engine id, and this heartbeat is not the node's.</summary>
    Rival,
}
