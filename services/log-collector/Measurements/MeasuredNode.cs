using Kontena.Contracts.Stats;

namespace Kontena.LogCollector.Measurements;

/// <summary>What of a kept <see cref="StatsBatch"/> concerns the node alone: its containers, most of it, are not read.</summary>
internal sealed record MeasuredNode(NodeStats? NodeStats);
