using Kontena.Contracts.Placement;
using Kontena.Contracts.Stacks;

namespace Kontena.Contracts.Http;

/// <summary>What installing or upgrading a stack would change, and where its instances would be.</summary>
public sealed record StackPlanJson
{
    public required string Name { get; init; }

    /// <summary>Given back as <c>plan</c> in the body of the change, it makes the change fail when it would no longer be this one.</summary>
    public required string Token { get; init; }

    /// <summary>0: there is no such stack yet.</summary>
    public required int Revision { get; init; }
    public required int NextRevision { get; init; }

    /// <inheritdoc cref="StackPlanned.Fields"/>
    public required IReadOnlyList<FieldChange> Fields { get; init; }
    public required IReadOnlyList<StackPlanServiceJson> Services { get; init; }
}

/// <inheritdoc cref="ServiceChange"/>
/// <param name="Problem">Why not every instance finds a node; null when all do.</param>
/// <param name="Counts">How many instances there are of each action.</param>
/// <param name="Instances">By number; at most a hundred, those that stay last.</param>
public sealed record StackPlanServiceJson(
    string Name, string Change, IReadOnlyList<FieldChange> Fields, string? Problem, IReadOnlyDictionary<string, int> Counts,
    IReadOnlyList<PlannedInstance> Instances);
