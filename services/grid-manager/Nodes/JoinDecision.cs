using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Core.Naming;
using Kontena.Core.Networking;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Identities;
using Kontena.GridManager.Nodes.Liveness;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Nodes;

/// <summary>What became of a request to join.</summary>
/// <param name="Node">The record the agent is now, with its number; null when refused.</param>
/// <param name="Refusal">The sentence for the agent; null when it joined, or is to ask again.</param>
internal sealed record JoinOutcome(Node? Node, string? Refusal)
{
    /// <summary>The order for the agent when it joined.</summary>
    public NodeJoined? Joined { get; init; }

    /// <summary>Refused because another agent is the node of this name.</summary>
    public string? RivalOf { get; init; }
}

/// <summary>What is known of the agent that is the node already.</summary>
/// <param name="State">Whether it is heard.</param>
/// <param name="Run">Whether the process that asks is it.</param>
internal readonly record struct Incumbent(LivenessState State, RunVerdict Run)
{
    public static readonly Incumbent None = new(LivenessState.Offline, RunVerdict.Node);
}

/// <summary>An agent that is to get a broker user of its own.</summary>
/// <param name="Password">Of that user.</param>
/// <param name="Salt">For its hash, if it is new.</param>
internal sealed record Enrolment(string Password, byte[] Salt)
{
    public string HashFor(string? known) => BrokerPassword.HashOf(Password, Salt, known);
}

/// <summary>Makes an agent a node of a grid; asked again it gets the same answer (runtime.md §1.3–1.4).</summary>
internal static class JoinDecision
{
    private const int MaxLabels = 256;

    /// <summary>Mistakes of the request itself, before any grid is looked at; null when there are none.</summary>
    /// <param name="known">Who asks is known without a token.</param>
    public static string? Mistake(JoinGrid join, bool known = false)
    {
        if (string.IsNullOrEmpty(join.NodeId) || join.NodeId.Length > 128 || !join.NodeId.Any(char.IsAsciiLetterOrDigit)
            || !join.NodeId.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '-' or '_' or '.'))
            return "the node id must be 1 to 128 letters, digits, ':', '-', '_' or '.'";
        // What is called after it would be what is called after nobody.
        if (Queues.Node(join.NodeId) == Queues.NodeData)
            return $"the node id '{join.NodeId}' is reserved; an engine's id is expected";
        if (!NameRules.IsNode(join.Name ?? ""))
            return $"the node name '{join.Name}' is not usable; expected a host name of letters, digits, '-', '_' and '.'; set Kontena:Agent:Name";
        if (join.Facts is null)
            return "the facts about the machine are missing";
        if (join.Key is not null && join.Key.Length is < 16 or > 128)
            return "the agent's key must have 16 to 128 characters; delete the file agent-key in its directory";
        if (join.Run is not null && (join.Run.Length is 0 or > 32 || !join.Run.All(char.IsAsciiLetterOrDigit)))
            return "the agent's run must be 1 to 32 letters or digits";
        if (string.IsNullOrEmpty(join.Token) && !known)
            return "no token was given; set Kontena:Agent:Token to the token of the grid";
        return join.Labels?.Count > MaxLabels ? $"the node has {join.Labels.Count} labels, at most {MaxLabels} are possible" : null;
    }

    /// <summary>Whether the agent is the one that the node is bound to, as far as its key says. Older agents give none, and are taken at their word.</summary>
    public static bool IsKeyOf(Node node, JoinGrid join) => join.Key is null || node.KeyHash is null || node.KeyHash == HashOf(join.Key);

    /// <param name="tokenNode">The node whose own token was given; null when it was the grid's.</param>
    /// <param name="incumbent">Of the node that has this engine id.</param>
    /// <param name="enrolment">The agent gets a broker user of its own and is not heard yet; null when it joins.</param>
    public static Decision<JoinOutcome> Decide(
        GridSnapshot grid, JoinGrid join, string? tokenNode, Incumbent incumbent, DateTimeOffset now, Enrolment? enrolment = null)
    {
        var name = grid.Grid.Name;
        var known = grid.Nodes.FirstOrDefault(node => node.Value.NodeId is { } id && SameQueue(id, join.NodeId));
        if (known is not null && known.Value.NodeId != join.NodeId)
            return Refused($"the engine id {join.NodeId} differs only in signs or case from that of node {known.Value.Name}; their queues would be one");
        if (known is not null && (IsKeyOf(known.Value, join) ? incumbent.Run == RunVerdict.Rival : incumbent.State != LivenessState.Offline))
            return new(new JoinOutcome(null, NodeTexts.Cloned(name, known.Value.Name)) { RivalOf = known.Value.Name });
        if (known is not null && incumbent.Run == RunVerdict.Waits)
            return new(new JoinOutcome(null, null));
        if (tokenNode is null)
            return known is null ? JoinAnew(grid, join, now, enrolment) : known.Value.Token is null ? JoinAgain(grid, known, join, [], now, enrolment)
                : Refused($"node {known.Value.Name} has a token of its own; the grid's token does not open it");

        var own = grid.Node(tokenNode);
        if (own is null)
            return Refused($"node {tokenNode} was removed from grid {name}");
        if (known is not null && known.Value.Name != tokenNode)
            return Refused($"this engine is already node {known.Value.Name} of grid {name}; the token is that of node {tokenNode}");
        // Who has joined in time may come again, as long as it is the same agent.
        if (own.Value.TokenExpiresAt < now && (own.Value.NodeId is null || join.Key is null || !IsKeyOf(own.Value, join)))
            return Refused($"the token of node {tokenNode} ended {own.Value.TokenExpiresAt:u}; kontena node reset-token {tokenNode} makes another");
        return own.Value.NodeId is null || own.Value.NodeId == join.NodeId
            ? JoinAgain(grid, own, join, join.Labels, now, enrolment)
            : Refused($"the token of node {tokenNode} is in use by another engine; reset it, or give this machine a token of its own");
    }

    /// <summary>An agent that came through the exchange of its own: the broker has checked who it is, and a token has shown before that it may.</summary>
    public static Decision<JoinOutcome> DecideKnown(GridSnapshot grid, JoinGrid join, NodeOutlet sender, Incumbent incumbent, DateTimeOffset now)
    {
        var own = grid.Node(sender.Node);
        if (own?.Value.NodeId != join.NodeId || own.Value.BrokerPasswordHash is null)
            return Refused($"node {sender.Node} of grid {sender.Grid} is another one now, was removed or has to join anew; run kontena-agent join with a token");
        if (IsKeyOf(own.Value, join) ? incumbent.Run == RunVerdict.Rival : incumbent.State != LivenessState.Offline)
            return new(new JoinOutcome(null, NodeTexts.Cloned(grid.Grid.Name, sender.Node)) { RivalOf = sender.Node });
        return incumbent.Run == RunVerdict.Waits ? new(new JoinOutcome(null, null)) : JoinAgain(grid, own, join, [], now, null);
    }

    /// <summary>The smallest number that no node of the grid has; null when the grid is full.</summary>
    public static int? FreeNumber(GridSnapshot grid)
    {
        var numbers = grid.Nodes.Select(node => node.Value.Number).ToHashSet();
        var number = Enumerable.Range(1, CapacityOf(grid.Grid)).FirstOrDefault(candidate => !numbers.Contains(candidate));
        return number == 0 ? null : number;
    }

    /// <summary>Why there is no free number.</summary>
    public static string Full(GridSnapshot grid) => $"grid {grid.Grid.Name} is full: its subnet {grid.Grid.Subnet} has room for "
        + $"{CapacityOf(grid.Grid)} nodes; remove a node record that is no longer used";

    private static Decision<JoinOutcome> JoinAnew(GridSnapshot grid, JoinGrid join, DateTimeOffset now, Enrolment? enrolment)
    {
        if (FreeNumber(grid) is not { } number)
            return Refused(Full(grid));

        // A name that is taken gets the number, and should even that be taken, the number once more.
        var name = join.Name;
        while (grid.Node(name) is not null)
            name = $"{name}-{number}";
        var node = new Node
        {
            Grid = grid.Grid.Name,
            Name = name,
            Number = number,
            NodeId = join.NodeId,
            Labels = Labels(join),
            Facts = enrolment is null ? join.Facts : null,
            KeyHash = HashOf(join.Key),
            BrokerPasswordHash = enrolment?.HashFor(null),
            CreatedAt = now,
            UpdatedAt = now,
        };
        return Joined(grid, node, join.Run, expected: 0, $"node {name} joined with number {number}", now, enrolment);
    }

    private static Decision<JoinOutcome> JoinAgain(
        GridSnapshot grid, Versioned<Node> known, JoinGrid join, IReadOnlyList<string> added, DateTimeOffset now, Enrolment? enrolment)
    {
        // Labels belong to the API once there are any; a record without takes those of the machine.
        var labels = known.Value.Labels.Count == 0 ? Labels(join) : [.. known.Value.Labels.Union(added.Where(label => !string.IsNullOrWhiteSpace(label)))];
        var keyHash = HashOf(join.Key) ?? known.Value.KeyHash;
        var hash = enrolment is null ? known.Value.BrokerPasswordHash : enrolment.HashFor(known.Value.BrokerPasswordHash);
        var same = known.Value.NodeId == join.NodeId && known.Value.KeyHash == keyHash && known.Value.BrokerPasswordHash == hash && labels.SequenceEqual(known.Value.Labels)
            && (enrolment is not null || (known.Value.Facts is { } facts && FactsHash.Of(facts) == FactsHash.Of(join.Facts)));
        var node = same ? known.Value
            : known.Value with { NodeId = join.NodeId, KeyHash = keyHash, BrokerPasswordHash = hash, Labels = labels, Facts = enrolment is null ? join.Facts : known.Value.Facts, UpdatedAt = now };
        return Joined(grid, node, join.Run, same ? null : known.Version, $"node {node.Name} joined again as number {node.Number}", now, enrolment);
    }

    private static Decision<JoinOutcome> Joined(GridSnapshot grid, Node node, string? run, long? expected, string change, DateTimeOffset now, Enrolment? enrolment)
    {
        if (GridSubnets.BlockOf(Ipv4Cidr.Parse(grid.Grid.Subnet), node.Number, grid.Grid.BlockPrefix ?? GridSubnets.BlockPrefix) is not { } block)
            return Refused($"node {node.Name} has number {node.Number}, for which the subnet {grid.Grid.Subnet} has no block");

        var draft = new GridDraft(grid.Grid.Name);
        if (expected is { } version)
        {
            draft.Put(StateKeys.Node, node, version, change);
            // That it was removed once is no news to a machine that is a node again.
            if (enrolment is not null)
                draft.Batch.Delete(StateKeys.RevokedIdentity, Queues.Node(node.NodeId!), CommitBatch.AnyVersion);
        }

        if (enrolment is not null && NodeOutlet.Of(node.NodeId!, node.Grid, node.Name).Exchange.Length > NodeOutlet.LongestName)
            return Refused($"the names of node {node.Name} and its grid and its engine's id together are too long for the broker; give the node a shorter name with --name");
        if (enrolment is not null)
            return new(new JoinOutcome(node, null), draft.Batch.IsEmpty ? null : draft.Batch, draft.Changes) { Events = draft.Events };
        var liveness = new NodeLiveness { Grid = grid.Grid.Name, Node = node.Name, State = LivenessState.Online, ConnectedAt = now, LastSeenAt = now, Run = run };
        draft.Put(StateKeys.NodeLiveness, liveness, CommitBatch.AnyVersion, $"node {node.Name} is online");
        var joined = new NodeJoined
        {
            Grid = grid.Grid.Name,
            Node = node.Name,
            Number = node.Number,
            GridSubnet = grid.Grid.Subnet,
            NodeSubnet = block.ToString(),
        };
        draft.Batch.Send(Destination.Node(node.NodeId!), joined);
        return new(new JoinOutcome(node, null) { Joined = joined }, draft.Batch, draft.Changes) { Events = draft.Events };
    }

    private static int CapacityOf(Contracts.Grids.Grid grid) => GridSubnets.Capacity(Ipv4Cidr.Parse(grid.Subnet), grid.BlockPrefix ?? GridSubnets.BlockPrefix);

    private static string? HashOf(string? key) => key is null ? null : Node.HashOfKey(key);

    private static IReadOnlyList<string> Labels(JoinGrid join) =>
        [.. (join.Labels ?? []).Where(label => !string.IsNullOrWhiteSpace(label)).Distinct(StringComparer.Ordinal)];

    private static bool SameQueue(string one, string other) => Queues.Node(one) == Queues.Node(other);

    private static Decision<JoinOutcome> Refused(string why) => new(new JoinOutcome(null, why));
}
