using Kontena.Contracts.Nodes;

namespace Kontena.GridManager.Nodes.Liveness;

/// <summary>What is known of one node's liveness: the document as stored, and what was heard since.</summary>
/// <param name="Version">Of the stored document; <see cref="Unread"/> when it must be read again before it is written.</param>
/// <param name="HeardAt">Span since process start; null when not heard by this process.</param>
/// <param name="FactsHash">Of the facts stored.</param>
internal sealed record NodePulse(NodeLiveness Stored, long Version, string NodeId, string? FactsHash, TimeSpan? HeardAt)
{
    public const long Unread = -1;
}

/// <summary>What a heartbeat met.</summary>
internal enum Hearing
{
    Known,

    /// <summary>No node of this name with this engine is known in memory; the store may know more.</summary>
    Unknown,

    /// <summary>Known, but the facts stored are not the agent's.</summary>
    OtherFacts,
}
