using Kontena.Contracts.Identity;
using Kontena.State;
using Kontena.State.Documents;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Names = Kontena.Contracts.Identity.Integrations;

namespace Kontena.GridManager.Integrations;

/// <summary>Compares the users the broker has with those that integrations should have, and mends the difference: at once when told, and every half minute.</summary>
internal sealed class IntegrationKeeper(IntegrationUsers users, IStateStore store, TimeProvider time, ILogger<IntegrationKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _guard = new();
    private readonly SemaphoreSlim _news = new(0, 1);
    private readonly HashSet<IntegrationRights> _given = [];
    private string? _said;

    /// <summary>Something was committed that concerns integrations: it is carried out now and not at the next look.</summary>
    public void LookNow()
    {
        lock (_guard)
        {
            if (_news.CurrentCount == 0)
                _news.Release();
        }
    }

    /// <summary>Ends the login of one that was removed, with its connections and queues.</summary>
    /// <exception cref="HttpRequestException">The management API is away or refuses; the next look ends the login.</exception>
    public async Task RevokeAsync(string name, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // Made anew by that name meanwhile, it is no longer the one that was removed.
            if ((await WantedAsync(cancellationToken)).All(one => one.Name != Names.BrokerUser(name)))
                await users.RevokeAsync(Names.BrokerUser(name), withQueues: true, cancellationToken);
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
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Say($"The broker users of integrations can't be looked after; tried again every {Every.TotalSeconds:0} s: {exception.Message}");
            }

            await PauseAsync(stoppingToken);
        }
    }

    /// <summary>One look. The broker is read before the store: one that is made meanwhile is in neither, never only in the broker.</summary>
    /// <exception cref="HttpRequestException">The management API is away or refuses.</exception>
    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await users.BoundAsync(cancellationToken);
            var seen = await users.ListAsync(cancellationToken);
            var wanted = await WantedAsync(cancellationToken);
            _given.IntersectWith(wanted);
            var plan = IntegrationPlan.Of(wanted, _given, seen);
            foreach (var name in plan.Revoke)
            {
                await users.RevokeAsync(name, withQueues: false, cancellationToken);
                logger.LogInformation("Broker user {User} was removed: no integration has it", name);
            }

            foreach (var user in plan.Give)
            {
                await users.GiveAsync(user, cancellationToken);
                _given.Add(user);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<IReadOnlyList<IntegrationRights>> WantedAsync(CancellationToken cancellationToken) =>
        [.. (await store.ListAsync(StateKeys.User, StateKeys.System, cancellationToken)).Select(user => IntegrationRights.Of(user.Value)).OfType<IntegrationRights>()];

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

    private void Say(string line)
    {
        if (_said != line)
            logger.LogWarning("{Line}", line);
        _said = line;
    }
}
