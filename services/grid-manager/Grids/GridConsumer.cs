using System.Security.Cryptography;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Identity;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Identities;
using Kontena.GridManager.Integrations;
using Kontena.GridManager.Networking;
using Kontena.GridManager.Users;
using Kontena.State;
using Kontena.State.Documents;
using MassTransit;

namespace Kontena.GridManager.Grids;

/// <summary>Commands about grids.</summary>
/// <param name="keepers">One when nodes have users at the broker; else none.</param>
/// <param name="integrations">The same for integrations, which hear the events of their grids.</param>
internal sealed class GridConsumer(
    GridLedger ledger, IStateStore store, NetworkMapPublisher networks, IEnumerable<IdentityKeeper> keepers, IEnumerable<IntegrationKeeper> integrations)
    : IConsumer<CreateGrid>, IConsumer<UpdateGrid>, IConsumer<DeleteGrid>
{
    public async Task Consume(ConsumeContext<CreateGrid> context)
    {
        var seed = RandomNumberGenerator.GetInt32(int.MaxValue);
        var token = NewToken();
        await context.AnswerAsync(await ledger.DecideAboutUsersAsync(
            async (from, cancelled) => (
                Grids: await from.ListAsync(StateKeys.Grid, StateKeys.System, cancelled),
                Creator: await UserReads.OfIdsAsync(from, context.Message.CreatorId is { Length: > 0 } id ? [id] : [], cancelled),
                Left: context.Message.Name?.Trim() is { Length: > 0 } name ? await UserReads.OfGridAsync(from, name, cancelled) : []),
            (read, now) =>
            {
                var created = CreateGridDecision.Decide(read.Grids, context.Message, now, seed, token);
                return UserDecisions.WithCreator(created, read.Creator, read.Left, now);
            },
            context.CancellationToken));
        integrations.FirstOrDefault()?.LookNow();
    }

    public async Task Consume(ConsumeContext<UpdateGrid> context)
    {
        var result = await ledger.DecideAboutGridsAsync((grids, now) => UpdateGridDecision.Decide(grids, context.Message, now), context.CancellationToken);
        networks.Poke(context.Message.Grid);
        await context.AnswerAsync(result);
    }

    public async Task Consume(ConsumeContext<DeleteGrid> context)
    {
        await context.AnswerAsync(await DeleteAsync(context.Message, context.CancellationToken));
        integrations.FirstOrDefault()?.LookNow();
    }

    /// <summary>64 random bytes in base64 (rest-api.md §9.3).</summary>
    public static string NewToken() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));

    private async Task<CommandResult> DeleteAsync(DeleteGrid command, CancellationToken cancellationToken)
    {
        Grid? deleted = null;
        if (keepers.FirstOrDefault() is { } keeper && (await store.ListAsync(StateKeys.RevokedIdentity, command.Grid, cancellationToken)).Any(revoked => revoked.Value.DoneAt is null))
        {
            // What says that they are to go is the grid's, and would go first.
            keeper.LookNow();
            return await RefusedAsync("Logins of removed nodes are still being taken away at the broker; try again in a moment", cancellationToken);
        }

        var emptied = await ledger.DecideAsync(command.Grid, (grid, _) =>
        {
            deleted = grid.Grid;
            return DeleteGridDecision.Empty(grid);
        }, cancellationToken, withVault: true);
        if (emptied.Outcome != CommandOutcome.Done)
            return emptied;

        IReadOnlyList<Versioned<User>> members = [];
        var result = await ledger.DecideAboutUsersAsync(
            async (from, cancelled) =>
            {
                members = await UserReads.OfGridAsync(from, command.Grid, cancelled);
                return await from.ListAsync(StateKeys.Grid, StateKeys.System, cancelled);
            },
            (grids, now) => UserDecisions.WithoutMembers(DeleteGridDecision.Delete(grids, command), command.Grid, members, now), cancellationToken);
        if (result.Outcome != CommandOutcome.Done)
            return result;

        var left = new GridSnapshot
        {
            Grid = deleted!,
            Nodes = await store.ListAsync(StateKeys.Node, command.Grid, cancellationToken),
            Services = await store.ListAsync(StateKeys.Service, command.Grid, cancellationToken),
        };
        if (DeleteGridDecision.Hindrance(left) is not { } hindrance)
            return result;
        await ledger.DecideAboutUsersAsync(
            async (from, cancelled) => (
                Grids: await from.ListAsync(StateKeys.Grid, StateKeys.System, cancelled),
                Members: await UserReads.OfIdsAsync(from, members.Select(one => one.Value.Id), cancelled)),
            (read, now) => read.Grids.Any(grid => grid.Value.Name == command.Grid)
                ? Decision.Unchanged()
                : UserDecisions.WithMembers(DeleteGridDecision.Restore(deleted!), command.Grid, read.Members, now),
            cancellationToken);
        return await RefusedAsync(hindrance, cancellationToken);
    }

    /// <summary>Through the ledger, which writes refusals down: else the audit log would end with a removal that was taken back.</summary>
    private Task<CommandResult> RefusedAsync(string why, CancellationToken cancellationToken) =>
        ledger.DecideAboutGridsAsync((_, _) => Decision.Refused("grid", why), cancellationToken);
}
