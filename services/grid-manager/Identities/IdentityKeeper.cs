using Kontena.State;
using Kontena.State.Documents;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.GridManager.Identities;

/// <summary>Compares the users the broker has with those that nodes should have, and mends the difference: at once when told, and every half minute.</summary>
/// <remarks>So a broker that lost its users has them again, and a revocation that met a broker that was away is made up for.</remarks>
internal sealed class IdentityKeeper(BrokerUsers users, IStateStore store, TimeProvider time, ILogger<IdentityKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _guard = new();
    private readonly HashSet<string> _revoked = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _news = new(0, 1);
    private bool _bounded;
    private string? _said;

    /// <summary>The user's node was removed, or may not use it any more: it goes now, and its connections with it.</summary>
    public void Revoke(string user)
    {
        lock (_guard)
            _revoked.Add(user);
        LookNow();
    }

    public void LookNow()
    {
        lock (_guard)
        {
            if (_news.CurrentCount == 0)
                _news.Release();
        }
    }

    /// <summary>Makes this user now, whatever the broker has.</summary>
    /// <exception cref="HttpRequestException">The management API is away or refuses; the next look makes up for it.</exception>
    public async Task GiveAsync(BrokerUser user, CancellationToken cancellationToken)
    {
        lock (_guard)
            _revoked.Remove(user.Outlet.User);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await BoundOnceAsync(cancellationToken);
            await users.GiveAsync(user, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await TurnAsync(stoppingToken);
                _said = null;
            }
            catch (Exception exception) when (exception is HttpRequestException or StateUnavailableException
                || (exception is OperationCanceledException && !stoppingToken.IsCancellationRequested))
            {
                Say($"The broker's users can't be looked after; tried again every {Every.TotalSeconds:0} s: {exception.Message}");
            }

            await PauseAsync(stoppingToken);
        }
    }

    private async Task PauseAsync(CancellationToken stoppingToken)
    {
        using var due = new CancellationTokenSource(Every, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, stoppingToken);
        try
        {
            await _news.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>One look. The broker is read before the store: a user whose node joins meanwhile is in neither, never only in the broker.</summary>
    internal async Task TurnAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await BoundOnceAsync(cancellationToken);
            HashSet<string> revoked;
            lock (_guard)
                revoked = [.. _revoked];
            var seen = await users.ListAsync(cancellationToken);
            var (wanted, known) = await ReadAsync(cancellationToken);
            var plan = BrokerUserPlan.Of(wanted, seen, revoked);
            foreach (var name in plan.Revoke)
            {
                await users.RevokeAsync(name, withQueues: !known.Contains(name), cancellationToken);
                logger.LogInformation("Broker user {User} was removed: {Why}", name, known.Contains(name) ? "its node has to join anew" : "it belongs to no node");
            }

            foreach (var user in plan.Give)
            {
                await users.GiveAsync(user, cancellationToken);
                logger.LogInformation("Broker user {User} of node {Grid}/{Node} was made again", user.Outlet.User, user.Outlet.Grid, user.Outlet.Node);
            }

            // One that was taken from its node while it was made must not stay.
            if (plan.Give.Count > 0)
            {
                var now = (await ReadAsync(cancellationToken)).Wanted.ToHashSet();
                foreach (var user in plan.Give.Where(user => !now.Contains(user)))
                    LookNow();
            }

            lock (_guard)
                _revoked.ExceptWith(revoked);
            if (plan.Doubt is { } doubt)
                Say($"Broker users without a node: {doubt}");
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The users of nodes, and the names that users of nodes without one would have.</summary>
    private async Task<(IReadOnlyList<BrokerUser> Wanted, IReadOnlySet<string> Known)> ReadAsync(CancellationToken cancellationToken)
    {
        var wanted = new List<BrokerUser>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var grid in await store.ListAsync(StateKeys.Grid, StateKeys.System, cancellationToken))
        {
            foreach (var node in (await store.ListAsync(StateKeys.Node, grid.Value.Name, cancellationToken)).Select(node => node.Value))
            {
                if (node.NodeId is { } id)
                    known.Add(Contracts.Messaging.Queues.Node(id));
                if (BrokerUser.Of(node) is { } user)
                    wanted.Add(user);
            }
        }

        return (wanted, known);
    }

    private async Task BoundOnceAsync(CancellationToken cancellationToken)
    {
        if (_bounded)
            return;
        await users.BoundAsync(cancellationToken);
        _bounded = true;
    }

    private void Say(string line)
    {
        if (_said != line)
            logger.LogWarning("{Line}", line);
        _said = line;
    }
}
