using Kontena.Contracts.Identity;
using Kontena.GridManager.Identities;
using Kontena.State;
using Kontena.State.Documents;
using Microsoft.Extensions.Logging;
using Names = Kontena.Contracts.Identity.Integrations;

namespace Kontena.GridManager.Integrations;

/// <summary>Compares the users the broker has with those that integrations should have, and mends the difference.</summary>
internal sealed class IntegrationKeeper(IntegrationUsers users, IStateStore store, TimeProvider time, ILogger<IntegrationKeeper> logger)
    : BrokerUserKeeper("integrations", time, logger)
{
    private readonly HashSet<IntegrationRights> _given = [];

    /// <summary>Ends the login of one that was removed, with its connections and queues.</summary>
    /// <exception cref="HttpRequestException">The management API is away or refuses; the next look ends the login.</exception>
    public async Task RevokeAsync(string name, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken);
        // Made anew by that name meanwhile, it is no longer the one that was removed.
        if ((await WantedAsync(cancellationToken)).All(one => one.Name != Names.BrokerUser(name)))
            await users.RevokeAsync(Names.BrokerUser(name), withQueues: true, cancellationToken);
    }

    /// <summary>The broker is read before the store: one that is made meanwhile is in neither, never only in the broker.</summary>
    /// <inheritdoc/>
    protected override async Task LookAsync(CancellationToken cancellationToken)
    {
        await users.BoundAsync(cancellationToken);
        var seen = await users.ListAsync(cancellationToken);
        var wanted = await WantedAsync(cancellationToken);
        _given.IntersectWith(wanted);
        var plan = IntegrationPlan.Of(wanted, _given, seen);
        foreach (var name in plan.Revoke)
        {
            await users.RevokeAsync(name, withQueues: false, cancellationToken);
            Logger.LogInformation("Broker user {User} was removed: no integration has it", name);
        }

        foreach (var user in plan.Give)
        {
            await users.GiveAsync(user, cancellationToken);
            _given.Add(user);
        }

        await UnbindAsync(cancellationToken);
    }

    /// <summary>Takes away what was bound with keys that are its integration's no longer: the broker looks at a key when it is bound, and never again.</summary>
    /// <remarks>A channel is not even looked at when it binds with a key once more: what it may is remembered with it. So it goes first, with its connection.</remarks>
    private async Task UnbindAsync(CancellationToken cancellationToken)
    {
        var forbidden = await ForbiddenAsync(cancellationToken);
        if (forbidden.Count == 0)
            return;
        foreach (var name in forbidden.Select(one => one.User).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal))
        {
            await users.DisconnectAsync(name, cancellationToken);
            Logger.LogInformation("Connections of broker user {User} were closed: it had bound events that are its integration's no longer", name);
        }

        // With what was bound until then.
        foreach (var binding in await ForbiddenAsync(cancellationToken))
            await users.UnbindAsync(binding, cancellationToken);
    }

    /// <summary>Here, too, the broker is read before the store: who is given a grid meanwhile has bound to it rightly.</summary>
    private async Task<IReadOnlyList<EventBinding>> ForbiddenAsync(CancellationToken cancellationToken)
    {
        var bindings = await users.BindingsAsync(cancellationToken);
        return EventBinding.Forbidden(bindings, await WantedAsync(cancellationToken));
    }

    private async Task<IReadOnlyList<IntegrationRights>> WantedAsync(CancellationToken cancellationToken) =>
        [.. (await store.ListAsync(StateKeys.User, StateKeys.System, cancellationToken)).Select(user => IntegrationRights.Of(user.Value)).OfType<IntegrationRights>()];
}
