using Kontena.Contracts.Services;

namespace Kontena.Contracts.Placement;

/// <summary>To the scheduler shard: where would the instances of a stack's services be, and what would restart, if the services were these. Answered with
/// <see cref="PlacementPlanned"/>; nothing is changed.</summary>
public sealed record PlanPlacement
{
    public required string Grid { get; init; }
    public required string Stack { get; init; }

    /// <summary>In the order in which they would be deployed. Services of the stack that are not named stay as they are.</summary>
    public IReadOnlyList<ProposedService> Services { get; init; } = [];
}

/// <param name="Name">Within the stack.</param>
/// <param name="Spec">Null: it leaves.</param>
/// <param name="Changed">Its instances would be replaced: there is a new revision of it.</param>
public sealed record ProposedService(string Name, ServiceSpec? Spec, bool Changed);

public sealed record PlacementPlanned
{
    /// <summary>False: there is no such grid; nothing else is said.</summary>
    public required bool Found { get; init; }

    /// <summary>What of the grid the answer rests on, as in <see cref="Stacks.StackPlanned.State"/>.</summary>
    public string State { get; init; } = "";

    /// <summary>In the order of the question.</summary>
    public IReadOnlyList<PlannedService> Services { get; init; } = [];
}

/// <param name="Name">Within the stack.</param>
/// <param name="Problem">Why not every instance finds a node: then none is touched. Null when all do.</param>
/// <param name="Counts">How many instances there are of each <see cref="PlannedInstance.Action"/>.</param>
/// <param name="Instances">By number; at most a hundred, those that stay last.</param>
public sealed record PlannedService(string Name, string? Problem, IReadOnlyDictionary<string, int> Counts, IReadOnlyList<PlannedInstance> Instances);

/// <param name="Name">Of its container.</param>
/// <param name="Action"><c>start</c>, <c>restart</c> (a new container on the same node), <c>move</c>, <c>stay</c>, <c>stop</c>, or <c>run</c> (once, at the deploy).</param>
/// <param name="From">The node it is on; null when on none.</param>
/// <param name="To">The node it would be on; null when it stops, and for a new service with strategy <c>random</c>, which draws its lots when it is created.</param>
public sealed record PlannedInstance(string Name, string Action, string? From, string? To);
