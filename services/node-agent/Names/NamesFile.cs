using Kontena.Contracts.Names;

namespace Kontena.NodeAgent.Names;

/// <summary>What was told of names, as it is kept on disk: an agent that starts answers before it has heard of anybody.</summary>
internal sealed record NamesFile
{
    public required string Grid { get; init; }

    /// <summary>The engine id of this node; null when it was not known.</summary>
    public string? NodeId { get; init; }
    public required long Epoch { get; init; }
    public required long Revision { get; init; }
    public IReadOnlyList<NamedInstance> Instances { get => field ?? []; init; } = [];
}
