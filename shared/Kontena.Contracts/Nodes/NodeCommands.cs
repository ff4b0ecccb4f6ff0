namespace Kontena.Contracts.Nodes;

/// <summary>Null keeps a value; an empty list of labels clears them.</summary>
public sealed record UpdateNode
{
    public required string Grid { get; init; }
    public required string Node { get; init; }
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary><c>active</c> or <c>drain</c>; anything else is refused.</summary>
    public string? Availability { get; init; }

    /// <summary>The next agent with the node's engine id may join, whatever its key: for a machine whose agent lost its directory.</summary>
    public bool ForgetAgent { get; init; }
}

/// <summary>Removes the record; the node's instances become free to be placed elsewhere. Its containers are not touched.</summary>
public sealed record RemoveNode
{
    public required string Grid { get; init; }
    public required string Node { get; init; }

    /// <summary>The engine id of the node that is meant: another machine that has joined under the name since stays. Null: whoever has the name.</summary>
    public string? NodeId { get; init; }
}

/// <summary>A record for a machine that is to come, with a token for it alone. Answered with <see cref="Commands.CommandResult"/>; <c>CreatedId</c> is the name.</summary>
public sealed record CreateNode
{
    public required string Grid { get; init; }

    /// <summary>As a host name.</summary>
    public string? Name { get; init; }

    /// <summary>16 to 256 characters; null: one is made.</summary>
    public string? Token { get; init; }
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Seconds within which a machine must join with the token, 1 to 31,536,000; null: it may whenever.</summary>
    public int? TokenSeconds { get; init; }
}

/// <summary>Gives a node another token, or takes it away. Answered with <see cref="Commands.CommandResult"/>.</summary>
public sealed record ResetNodeToken
{
    public required string Grid { get; init; }
    public required string Node { get; init; }

    /// <summary>16 to 256 characters; null: one is made.</summary>
    public string? Token { get; init; }

    /// <summary>The node has no token of its own any more; the grid's opens it.</summary>
    public bool Clear { get; init; }

    /// <summary>The agent that is there now is shut out: its broker user goes, and with it its connections.</summary>
    public bool ResetConnection { get; init; }

    /// <summary>As in <see cref="CreateNode.TokenSeconds"/>.</summary>
    public int? TokenSeconds { get; init; }
}

/// <summary>A machine shows its token and wants to be a node with a broker user of its own. Asked again it gets the same answer. Answered with <see cref="NodeEnrolled"/>.</summary>
public sealed record EnrolNode
{
    /// <summary>The Docker engine's id.</summary>
    public required string NodeId { get; init; }
    public required string Name { get; init; }

    /// <summary>The grid's or the node's; empty when the agent is the node already and <see cref="Key"/> shows it.</summary>
    public string Token { get; init; } = "";

    /// <summary>As in <see cref="JoinGrid.Key"/>.</summary>
    public required string Key { get; init; }

    /// <summary>What the broker user's password shall be, 32 to 128 letters, digits, '-' and '_'. Made by the agent, so that no answer has to carry it.</summary>
    public required string BrokerPassword { get; init; }
    public IReadOnlyList<string> Labels { get => field ?? []; init; } = [];
}

/// <summary>Where the node has to connect to, as whom, and the only exchange it may write to. The rest is null when <see cref="Result"/> is a refusal.</summary>
public sealed record NodeEnrolled
{
    public required Commands.CommandResult Result { get; init; }
    public string? Grid { get; init; }
    public string? Node { get; init; }

    /// <summary><c>amqps://host:port/vhost</c> (or <c>amqp</c>), without user and password.</summary>
    public string? Broker { get; init; }
    public string? User { get; init; }

    /// <summary>Name of a <see cref="Messaging.NodeOutlet"/>.</summary>
    public string? Outlet { get; init; }

    /// <summary>Refused for this moment only: asked again it may be done.</summary>
    public bool IsBusy { get; init; }
}
