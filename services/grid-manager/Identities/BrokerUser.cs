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
/// <param name="Revoke">Users that belong to no node.</param>
/// <param name="Doubt">Why users without a node are left alone; null when they are not.</param>
internal sealed record BrokerUserPlan(IReadOnlyList<BrokerUser> Give, IReadOnlyList<string> Revoke, string? Doubt)
{
    /// <summary>Pure.</summary>
    /// <param name="wanted">Of all nodes of all grids.</param>
    /// <param name="seen">All that were made here once.</param>
    /// <param name="revoked">Names that were just taken from their nodes.</param>
    public static BrokerUserPlan Of(IReadOnlyList<BrokerUser> wanted, IReadOnlyList<SeenUser> seen, IReadOnlySet<string> revoked)
    {
        var known = seen.ToDictionary(user => user.Name, StringComparer.Ordinal);
        var names = wanted.Select(user => user.Outlet.User).ToHashSet(StringComparer.Ordinal);
        var orphans = seen.Select(user => user.Name).Where(name => !names.Contains(name)).ToList();
        var give = wanted
            .Where(user => known.GetValueOrDefault(user.Outlet.User) is not { } there || there.PasswordHash != user.PasswordHash || there.Rights != BrokerUser.RightsOf(there.Name))
            .ToList();

        // A store that knows none of them is more likely the wrong store than the end of all nodes.
        var gone = revoked.Where(name => !names.Contains(name)).ToList();
        if (wanted.Count > 0 || orphans.All(revoked.Contains))
            return new BrokerUserPlan(give, [.. orphans.Union(gone, StringComparer.Ordinal)], null);
        return new BrokerUserPlan(give, gone,
            $"the broker has {orphans.Count} users of nodes and the state store knows no node with one; they are left alone. Is it the right store? If it is, delete them: {orphans[0]}, …");
    }
}
