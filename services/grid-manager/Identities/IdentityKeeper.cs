using Kontena.Contracts.Nodes;
using Kontena.State;
using Kontena.State.Documents;
using Microsoft.Extensions.Logging;

namespace Kontena.GridManager.Identities;

/// <summary>Compares the users the broker has with those that nodes should have, and mends the difference.</summary>
internal sealed class IdentityKeeper(BrokerUsers users, IStateStore store, TimeProvider time, ILogger<IdentityKeeper> logger)
    : BrokerUserKeeper("nodes", time, logger)
{
    /// <summary>How long the agent of a removed node can learn of it.</summary>
    private static readonly TimeSpan TellFor = TimeSpan.FromDays(30);

    private readonly HashSet<BrokerUser> _given = [];
    private bool _bounded;

    /// <summary>Makes this user now, whatever the broker has.</summary>
    /// <returns>False when it was taken from its node meanwhile.</returns>
    /// <exception cref="HttpRequestException">The management API is away or refuses; the next look makes up for it.</exception>
    public async Task<bool> GiveAsync(BrokerUser user, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken);
        await BoundOnceAsync(cancellationToken);
        return await GiveWhileWantedAsync(user, cancellationToken);
    }

    /// <summary>Broken off when there is news: what is revoked comes before what is given once more. The broker is read before the store: a user whose node joins meanwhile is in neither, never only in the broker.</summary>
    /// <inheritdoc/>
    protected override async Task LookAsync(CancellationToken cancellationToken)
    {
        await BoundOnceAsync(cancellationToken);
        var seen = await users.ListAsync(cancellationToken);
        var look = await ReadAsync(cancellationToken);
        var plan = BrokerUserPlan.Of(look.Wanted, look.WithoutUser, look.Removed.Keys.ToHashSet(StringComparer.Ordinal), seen);
        foreach (var name in plan.Revoke)
        {
            var isRemoved = !look.WithoutUser.Contains(name);
            await users.RevokeAsync(name, withQueues: isRemoved, cancellationToken);
            Logger.LogInformation("Broker user {User} was removed: {Why}", name, isRemoved ? "so was its node" : "its node has to join anew");
        }

        await SettleAsync(look, cancellationToken);
        var cutOff = await CutOffAsync(look.Wanted, cancellationToken);
        // Once for each: an older version may have bound less.
        foreach (var user in plan.Give.Concat(look.Wanted.Where(user => !_given.Contains(user))).Distinct().Where(user => !cutOff.Contains(user.Outlet.User)))
        {
            if (HasNews)
                return;
            if (await GiveAgainAsync(user, cancellationToken))
                _given.Add(user);
        }

        _given.IntersectWith(look.Wanted);
        if (plan.Unknown.Count > 0)
        {
            Say($"The broker has {plan.Unknown.Count} users of nodes that the state store knows nothing of ({string.Join(", ", plan.Unknown.Take(3))}{(plan.Unknown.Count > 3 ? ", …" : "")}). They are left "
                + "alone: an older backup may have been restored, or this is another store. Join those machines again, or delete the users at the broker");
        }
    }

    /// <summary>One that was taken from its node meanwhile must not stay.</summary>
    private async Task<bool> GiveWhileWantedAsync(BrokerUser user, CancellationToken cancellationToken)
    {
        await users.GiveAsync(user, cancellationToken);
        var node = await store.GetAsync(StateKeys.Node, user.Outlet.Grid, user.Outlet.Node, cancellationToken);
        if (node is not null && BrokerUser.Of(node.Value) == user)
            return true;
        await users.RevokeAsync(user.Outlet.User, withQueues: false, cancellationToken);
        return false;
    }

    /// <summary>One that the broker does not take stops no other.</summary>
    /// <returns>False when it is to be tried again.</returns>
    private async Task<bool> GiveAgainAsync(BrokerUser user, CancellationToken cancellationToken)
    {
        try
        {
            await GiveWhileWantedAsync(user, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            Say($"Broker user {user.Outlet.User} of node {user.Outlet.Grid}/{user.Outlet.Node} can't be made; tried again every {Every.TotalSeconds:0} s: {exception.Message}");
            return false;
        }
    }

    /// <summary>A node that makes queues without end loses them and its login, and has it again when it has none too many: at the next look, as a rule.</summary>
    private async Task<IReadOnlySet<string>> CutOffAsync(IReadOnlyList<BrokerUser> wanted, CancellationToken cancellationToken)
    {
        var surplus = await users.SurplusAsync([.. wanted.Select(user => user.Outlet.User)], cancellationToken);
        foreach (var (name, queues) in surplus)
        {
            var outlet = wanted.First(user => user.Outlet.User == name).Outlet;
            Logger.LogWarning("Node {Grid}/{Node} has {Count} queues at the broker that are none of the house's; they are deleted, and it is cut off for half a minute. "
                + "Its agent is faulty or was taken over; kontena node reset-token shuts it out", outlet.Grid, outlet.Node, queues.Count);
            await users.CutOffAsync(name, queues, cancellationToken);
        }

        return surplus.Select(one => one.User).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>What was removed stays for a while, so that an agent that was away can be told.</summary>
    private async Task SettleAsync(Look look, CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow();
        foreach (var one in look.Removed.Values.Concat(look.Settled))
        {
            var batch = new CommitBatch(one.Value.Grid);
            if (now - one.Value.RemovedAt > TellFor)
                batch.Delete(StateKeys.RevokedIdentity, one.Value.User, one.Version);
            else if (one.Value.DoneAt is null)
                batch.Put(StateKeys.RevokedIdentity, one.Value with { DoneAt = now }, one.Version);
            else
                continue;
            try
            {
                await store.CommitAsync(batch, cancellationToken);
            }
            catch (StateConflictException)
            {
                // The machine has joined again, or another process has done it.
            }
        }
    }

    /// <param name="Removed">Those whose user the broker still may have.</param>
    /// <param name="Settled">Those whose user has gone.</param>
    private sealed record Look(
        List<BrokerUser> Wanted, HashSet<string> WithoutUser, Dictionary<string, Versioned<RevokedIdentity>> Removed, List<Versioned<RevokedIdentity>> Settled);

    private async Task<Look> ReadAsync(CancellationToken cancellationToken)
    {
        var look = new Look([], new(StringComparer.Ordinal), new(StringComparer.Ordinal), []);
        var nodes = new List<Node>();
        foreach (var grid in (await store.ListAsync(StateKeys.Grid, StateKeys.System, cancellationToken)).Select(grid => grid.Value.Name))
        {
            nodes.AddRange((await store.ListAsync(StateKeys.Node, grid, cancellationToken)).Select(node => node.Value));
            foreach (var revoked in await store.ListAsync(StateKeys.RevokedIdentity, grid, cancellationToken))
            {
                if (revoked.Value.DoneAt is null)
                    look.Removed[revoked.Value.User] = revoked;
                else
                    look.Settled.Add(revoked);
            }
        }

        // Two nodes whose users would be one: the older has it. Joining refuses the other, so this is for what came about otherwise.
        foreach (var same in nodes.Where(node => node.NodeId is not null).GroupBy(node => Contracts.Messaging.Queues.Node(node.NodeId!), StringComparer.Ordinal))
        {
            if (same.OrderBy(node => node.CreatedAt).Select(BrokerUser.Of).FirstOrDefault(user => user is not null) is { } user)
                look.Wanted.Add(user);
            else
                look.WithoutUser.Add(same.Key);
        }

        return look;
    }

    private async Task BoundOnceAsync(CancellationToken cancellationToken)
    {
        if (_bounded)
            return;
        await users.BoundAsync(cancellationToken);
        _bounded = true;
    }
}
