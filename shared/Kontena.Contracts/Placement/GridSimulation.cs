namespace Kontena.Contracts.Placement;

/// <summary>To the scheduler shard: what would happen if nodes were lost or added. Answered with <see cref="GridSimulated"/>; nothing is changed.</summary>
public sealed record SimulateGrid
{
    public required string Grid { get; init; }

    /// <summary>Each a node's name or a label such as <c>az=a1</c>: all nodes with it are lost for good.</summary>
    public IReadOnlyList<string> Lose { get; init; } = [];

    /// <summary>0 to 1000 nodes that join, each as large as the largest there is.</summary>
    public int Add { get; init; }

    /// <summary>Their labels.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];
}

/// <summary>Also the body of <c>GET /v1/grids/{grid}/simulation</c>.</summary>
public sealed record GridSimulated
{
    /// <summary>False: there is no such grid; nothing else is said.</summary>
    public required bool Found { get; init; }

    /// <summary>What was wrong with the question; then nothing was simulated.</summary>
    public IReadOnlyList<string> Mistakes { get; init; } = [];

    /// <summary>Names of the nodes that are lost, and of those that join (<c>new-1</c> and on).</summary>
    public IReadOnlyList<string> Lost { get; init; } = [];
    public IReadOnlyList<string> Added { get; init; } = [];

    /// <summary>Instances that get another node, and those without one that get one.</summary>
    public IReadOnlyList<SimulatedMove> Moves { get; init; } = [];

    /// <summary>Services of which not every instance finds a node, and why.</summary>
    public IReadOnlyList<SimulatedRefusal> Unplaced { get; init; } = [];

    /// <summary>Afterwards, by node number.</summary>
    public IReadOnlyList<SimulatedNode> Nodes { get; init; } = [];
}

/// <param name="Instance">The container's name.</param>
/// <param name="From">Null: it had no node.</param>
/// <param name="To">Its node afterwards.</param>
public sealed record SimulatedMove(string Instance, string? From, string To);

/// <param name="Service"><c>stack/service</c>, or the name alone without a stack.</param>
/// <param name="Missing">Instances that run nowhere afterwards.</param>
/// <param name="Data">Some of them have their data on a lost node: they come back with it, or with <c>--accept-data-loss</c>.</param>
/// <param name="Reason">The first refusal, with numbers.</param>
public sealed record SimulatedRefusal(string Service, int Missing, bool Data, string Reason);

/// <param name="Before">Instances on it now.</param>
/// <param name="After">Instances on it afterwards.</param>
/// <param name="MemoryReserved">Bytes reserved afterwards.</param>
/// <param name="Memory">Bytes it has; 0 while not known.</param>
public sealed record SimulatedNode(string Node, int Before, int After, long MemoryReserved, long Memory);
