using Kontena.Contracts.Commands;

namespace Kontena.Contracts.Identity;

/// <summary>What makes a <see cref="User"/> an integration: a program that speaks to the control plane over the broker, as a broker user of its own. It has no HTTP token.</summary>
public sealed record IntegrationLogin
{
    /// <summary>As <see cref="Integrations.IsName"/>; unique.</summary>
    public required string Name { get; init; }

    /// <summary>As <see cref="Nodes.Node.BrokerPasswordHash"/>.</summary>
    public required string BrokerPasswordHash { get; init; }

    /// <summary>A viewer: reads what a user of its grids reads, except values of secrets and tokens, and changes nothing.</summary>
    public bool IsViewer { get; init; }

    /// <summary>Without the hash: this must not get into a log by being written out.</summary>
    public override string ToString() => $"{nameof(IntegrationLogin)} {Name}";
}

/// <summary>The names that follow from that of an integration. They are wire names.</summary>
public static class Integrations
{
    /// <summary>The role that only an integration can have, and only by itself: to read.</summary>
    public const string Viewer = "viewer";

    public const int ShortestName = 2;
    public const int LongestName = 32;

    private const string Prefix = "integration.";
    private const string Domain = "@integration";

    /// <summary>2 to 32 of <c>a-z</c>, digits and <c>-</c>, beginning with a letter. No dot, so that no integration's prefix covers another's.</summary>
    public static bool IsName(string? name) =>
        name is { Length: >= ShortestName and <= LongestName } && char.IsAsciiLetterLower(name[0])
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>Its broker user.</summary>
    public static string BrokerUser(string name) => Prefix + name;

    /// <summary>The integration whose broker user this is; null for other users.</summary>
    public static string? NameOf(string? brokerUser) =>
        brokerUser is not null && brokerUser.StartsWith(Prefix, StringComparison.Ordinal) && IsName(brokerUser[Prefix.Length..]) ? brokerUser[Prefix.Length..] : null;

    /// <summary>What the names of its queues begin with.</summary>
    public static string QueuePrefix(string name) => Prefix + name + ".";

    /// <summary>Its e-mail address as a user: what it is known by in lists of users, and where roles and grids are changed.</summary>
    public static string Email(string name) => name + Domain;
}

/// <summary>Makes an integration. Answered with <see cref="IntegrationCreated"/>.</summary>
public sealed record CreateIntegration
{
    public string? Name { get; init; }

    /// <summary>Some of <see cref="UserRoles.All"/>, or <see cref="Integrations.Viewer"/> alone.</summary>
    public IReadOnlyList<string> Roles { get => field ?? []; init; } = [];

    /// <summary>Names of the grids it is a user of.</summary>
    public IReadOnlyList<string> Grids { get => field ?? []; init; } = [];

    /// <summary>32 to 128 letters, digits, <c>-</c> and <c>_</c>. Only its hash is kept.</summary>
    public required string BrokerPassword { get; init; }

    /// <summary>Without the password.</summary>
    public override string ToString() => $"{nameof(CreateIntegration)} {Name}";
}

/// <summary>Answers <see cref="CreateIntegration"/>.</summary>
public sealed record IntegrationCreated
{
    /// <summary><c>CreatedId</c> is the user's id.</summary>
    public required CommandResult Result { get; init; }

    /// <summary>Where it connects, as <c>amqps://host:port/vhost</c> without user and password; null when refused.</summary>
    public string? Broker { get; init; }
}

/// <summary>Removes an integration with its login, its connections and its queues. Answered with <see cref="CommandResult"/>.</summary>
public sealed record RemoveIntegration
{
    public required string Name { get; init; }
}
