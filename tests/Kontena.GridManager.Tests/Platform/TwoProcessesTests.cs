using Kontena.Contracts.Commands;
using Kontena.Contracts.Services;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Services;
using Kontena.State;
using Kontena.State.Documents;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.GridManager.Tests.Platform;

/// <summary>Two ledgers that know nothing of each other over one store, as in two processes.</summary>
public sealed class TwoProcessesTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_link_and_the_removal_of_its_target_never_both_succeed()
    {
        await using var running = await RunningGridManager.StartAsync();
        GridLedger one = Ledger(running.Store), other = Ledger(running.Store);
        for (var round = 0; round < 25; round++)
        {
            var db = $"db{round}";
            Assert.Equal("Done", (await CreateAsync(one, Some.Request(db))).Show());
            var results = await Task.WhenAll(
                Task.Run(() => CreateAsync(one, Some.Request($"web{round}", db)), Cancelled),
                Task.Run(() => RemoveAsync(other, db), Cancelled));
            Assert.Single(results, result => result.Outcome == CommandOutcome.Done);
        }
    }

    [Fact]
    public async Task Many_changes_from_both_sides_are_all_kept()
    {
        await using var running = await RunningGridManager.StartAsync();
        GridLedger[] ledgers = [Ledger(running.Store), Ledger(running.Store)];
        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(number =>
            Task.Run(() => CreateAsync(ledgers[number % 2], Some.Request($"web{number}")), Cancelled)));
        Assert.All(results, result => Assert.Equal("Done", result.Show()));
        Assert.Equal(40, (await running.Store.ListAsync(StateKeys.Service, "prod", Cancelled)).Count);
    }

    private static GridLedger Ledger(IStateStore store) => new(store, TimeProvider.System, NullLogger<GridLedger>.Instance);

    private static Task<CommandResult> CreateAsync(GridLedger ledger, ServiceRequest request) => ledger.DecideAsync(
        "prod", (grid, now) => CreateServiceDecision.Decide(grid, new CreateService { Grid = "prod", Request = request }, now, Some.NewId), Cancelled);

    private static Task<CommandResult> RemoveAsync(GridLedger ledger, string service) => ledger.DecideAsync(
        "prod", (grid, now) => RemoveServiceDecision.Decide(grid, new RemoveService { Grid = "prod", Stack = "null", Service = service }, now), Cancelled);
}
