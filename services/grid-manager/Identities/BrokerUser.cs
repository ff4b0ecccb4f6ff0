using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;

namespace Kontena.GridManager.Identities;

/// <summary>A node's user at the broker, and what it may do there (dotnet-packages.md §3.6).</summary>
/// <param name="Outlet">Whose it is.</param>
/// <param name="PasswordHash">As <see cref="Node.BrokerPasswordHash"/>.</param>
internal sealed record BrokerUser(NodeOutlet Outlet, string PasswordHash)
{
    /// <summary>Two are in use; those of a connection that broke count until the broker has noticed, up to 15 s.</summary>
    public const int MaxConnections = 6;

    /// <summary>Of one connection; about ten are in use.</summary>
    public const int MaxChannels = 64;

    /// <summary>Null when the node has none.</summary>
    public static BrokerUser? Of(Node node) =>
        node is { NodeId: { } id, BrokerPasswordHash: { } hash } ? new BrokerUser(NodeOutlet.Of(id, node.Grid, node.Name), hash) : null;

    /// <summary>The same for configuring, writing and reading: names that begin with the node's own and a sign that no engine id has. The default exchange is none of them.</summary>
    public static string RightsOf(string user) => $"^{user}([._-].*)?$";
}

/// <summary>A user that the broker has.</summary>
/// <param name="Rights">Null when it has none, or not the same for all three.</param>
internal sealed record SeenUser(string Name, string PasswordHash, string? Rights);

/// <summary>What is to be done so that the broker has the users it should have.</summary>
/// <param name="Give">Users to make, or to make as they should be.</param>
/// <param name="Revoke">Users that were taken from their nodes, or whose nodes were removed.</param>
/// <param name="Unknown">Users of nodes that the store knows nothing of: after a backup was restored, or with another store. They are left alone (law 5).</param>
internal sealed record BrokerUserPlan(IReadOnlyList<BrokerUser> Give, IReadOnlyList<string> Revoke, IReadOnlyList<string> Unknown)
{
    /// <summary>Pure.</summary>
    /// <param name="wanted">Of all nodes of all grids.</param>
    /// <param name="withoutUser">The names that users of nodes would have which are to have none.</param>
    /// <param name="removed">Users whose nodes were removed.</param>
    /// <param name="seen">All that were made here once.</param>
    public static BrokerUserPlan Of(IReadOnlyList<BrokerUser> wanted, IReadOnlySet<string> withoutUser, IReadOnlySet<string> removed, IReadOnlyList<SeenUser> seen)
    {
        var there = seen.ToDictionary(user => user.Name, StringComparer.Ordinal);
        var names = wanted.Select(user => user.Outlet.User).ToHashSet(StringComparer.Ordinal);
        var orphans = there.Keys.Where(name => !names.Contains(name)).ToList();
        return new BrokerUserPlan(
            [.. wanted.Where(user => there.GetValueOrDefault(user.Outlet.User) is not { } one || one.PasswordHash != user.PasswordHash || one.Rights != BrokerUser.RightsOf(one.Name))],
            [.. orphans.Where(withoutUser.Contains).Union(removed.Where(name => !names.Contains(name)), StringComparer.Ordinal)],
            [.. orphans.Where(name => !withoutUser.Contains(name) && !removed.Contains(name))]);
    }
}
