using Kontena.Contracts.Commands;
using Kontena.Contracts.Identity;
using Kontena.Core.Ids;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Identities;
using Kontena.GridManager.Users;
using Kontena.State;
using Kontena.State.Documents;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Kontena.GridManager.Integrations;

/// <summary>Commands about integrations.</summary>
/// <param name="keepers">One when users can be made; none without a broker or its management API.</param>
internal sealed class IntegrationConsumer(
    GridLedger ledger, IdentityOptions options, IEnumerable<IntegrationKeeper> keepers, TimeProvider time, ILogger<IntegrationConsumer> logger)
    : IConsumer<CreateIntegration>, IConsumer<RemoveIntegration>
{
    public async Task Consume(ConsumeContext<CreateIntegration> context) => await context.AnswerAsync(await CreateAsync(context.Message, context.CancellationToken));

    public async Task Consume(ConsumeContext<RemoveIntegration> context)
    {
        var name = context.Message.Name;
        var result = await ledger.DecideAboutUsersAsync(
            (store, cancellationToken) => UserReads.LeavingAsync(store, Contracts.Identity.Integrations.Email(name), cancellationToken),
            (users, _) => IntegrationDecisions.Remove(users, context.Message), context.CancellationToken);
        if (result.Outcome == CommandOutcome.Done && keepers.FirstOrDefault() is { } keeper)
        {
            try
            {
                await keeper.RevokeAsync(name, context.CancellationToken);
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !context.CancellationToken.IsCancellationRequested)
            {
                // Its commands are refused already, for it is no user any more.
                logger.LogWarning("Integration {Name} is removed, its broker user not yet; tried again every half minute: {Why}", name, exception.Message);
                keeper.LookNow();
            }
        }

        await context.AnswerAsync(result);
    }

    private async Task<IntegrationCreated> CreateAsync(CreateIntegration command, CancellationToken cancellationToken)
    {
        if (keepers.FirstOrDefault() is not { } keeper || options.Broker is not { } broker)
            return await RefusedAsync("broker", "has no users here: " + (options.Broker is null
                ? "this control plane is one process without a broker" : "Kontena:Bus:Management of grid-manager is not set"), cancellationToken);
        if (!BrokerPassword.IsUsable(command.BrokerPassword))
            return await RefusedAsync("broker_password", "must have 32 to 128 letters, digits, - and _", cancellationToken);
        var salt = BrokerPassword.NewSalt();
        var id = ObjectId.New(time);
        var result = await ledger.DecideAboutUsersAsync(
            ReadAsync, (all, now) => IntegrationDecisions.Create(all, command, known => BrokerPassword.HashOf(command.BrokerPassword, salt, known), now, () => id), cancellationToken);
        if (result.Outcome != CommandOutcome.Done)
            return new IntegrationCreated { Result = result };
        try
        {
            await keeper.TurnAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            keeper.LookNow();
            return new IntegrationCreated
            {
                Result = result with { Notes = [$"The broker does not know its user yet, it is made within half a minute: {exception.Message}"] }, Broker = broker.AbsoluteUri,
            };
        }

        return new IntegrationCreated { Result = result, Broker = broker.AbsoluteUri };
    }

    private static async Task<UserSnapshot> ReadAsync(IStateStore store, CancellationToken cancellationToken)
    {
        var grids = await store.ListAsync(StateKeys.Grid, StateKeys.System, cancellationToken);
        return await UserReads.AllAsync(store, cancellationToken) with { Grids = [.. grids.Select(grid => grid.Value.Name)] };
    }

    /// <summary>Through the ledger, which writes refusals down.</summary>
    private async Task<IntegrationCreated> RefusedAsync(string field, string why, CancellationToken cancellationToken) => new()
    {
        Result = await ledger.DecideAboutUsersAsync((_, _) => Task.FromResult(0), (_, _) => Decision.Refused(field, why), cancellationToken),
    };
}
