using System.Collections.Frozen;

namespace Kontena.Core.Services;

/// <summary>What a service request is checked against: the names that exist around it.</summary>
public sealed record ServiceSurroundings
{
    public required string Grid { get; init; }

    /// <summary>The stack the service is in; <c>null</c> as text for none.</summary>
    public required string Stack { get; init; }

    /// <summary>Stacks of the grid that can be linked into.</summary>
    public IReadOnlySet<string> Stacks { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Services of the grid that can be linked to, as <c>stack/service</c>.</summary>
    public IReadOnlySet<string> Services { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Volumes that can be named: the name used in <c>volumes</c> and the grid volume it stands for.</summary>
    public IReadOnlyDictionary<string, string> Volumes { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>All services of the stack are read together, so that what one says of another can hold for that one.</summary>
    public bool IsWholeStack { get; init; }

    /// <summary>Names in the vault.</summary>
    public IReadOnlySet<string> Secrets { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Subjects of certificates.</summary>
    public IReadOnlySet<string> Certificates { get; init; } = FrozenSet<string>.Empty;
}
