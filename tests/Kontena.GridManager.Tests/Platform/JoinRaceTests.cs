using Kontena.Contracts.Commands;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Identities;
using Kontena.GridManager.Nodes;
using Kontena.GridManager.Nodes.Liveness;
using Kontena.State;
using Kontena.State.Documents;
using Kontena.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.GridManager.Tests.Platform;

/// <summary>Two grid-managers that know nothing of each other over one store, and machines that ask both at once.</summary>
public sealed class JoinRaceTests
{
    private const string OtherToken = "a-token-for-the-other";
    private static readonly Enrolment Enrolment = new("a-password-that-nobody-would-guess-0", [1, 2, 3, 4]);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_engine_that_asks_for_two_grids_at_once_is_a_node_of_one()
    {
        await using var running = await RunningGridManager.StartAsync();
        Assert.Equal("Done", (await running.AskAsync(new CreateGrid { Name = "other", Token = OtherToken })).Show());
        JoinAdmission one = Admission(running.Store), other = Admission(running.Store);
        for (var round = 0; round < 25; round++)
        {
            // The second differs in signs: at the broker the two are called alike.
            var results = await Task.WhenAll(
                Task.Run(() => one.DecideAsync(Join($"ENGINE:OF:ROUND:{round}", RunningGridManager.Token), Enrolment, Cancelled), Cancelled),
                Task.Run(() => other.DecideAsync(Join($"engine-of-round-{round}", OtherToken), Enrolment, Cancelled), Cancelled));
            Assert.Single(results, result => result.Outcome.Node is not null);
            Assert.Single(results, result => result.Outcome.Refusal is { } why && why.Contains("remove it there first", StringComparison.Ordinal));
        }

        Assert.Equal(25, (await NodesAsync(running, "prod")) + (await NodesAsync(running, "other")));
        Assert.Empty(await running.Store.ListAsync(StateKeys.EngineClaim, StateKeys.System, Cancelled));
    }

    [Fact]
    public async Task An_engine_that_asks_twice_at_once_is_one_node()
    {
        await using var running = await RunningGridManager.StartAsync();
        JoinAdmission one = Admission(running.Store), other = Admission(running.Store);
        for (var round = 0; round < 25; round++)
        {
            var join = Join($"ENGINE:OF:ROUND:{round}", RunningGridManager.Token);
            var results = await Task.WhenAll(
                Task.Run(() => one.DecideAsync(join, Enrolment, Cancelled), Cancelled), Task.Run(() => other.DecideAsync(join, Enrolment, Cancelled), Cancelled));
            Assert.Equal(results[0].Outcome.Node!.Name, results[1].Outcome.Node!.Name);
            Assert.Equal(round + 1, await NodesAsync(running, "prod"));
        }
    }

    [Fact]
    public async Task A_claim_of_a_process_that_died_holds_nobody_up_for_long()
    {
        await using var running = await RunningGridManager.StartAsync();
        var clock = new TestClock(Some.Now);
        await running.Store.CommitAsync(new CommitBatch(StateKeys.System)
            .Put(StateKeys.EngineClaim, new EngineClaim(Queues.Node("ENGINE:1"), "other", "dead", Some.Now - EngineClaims.Life - TimeSpan.FromSeconds(1)), 0), Cancelled);
        Assert.Equal("done", await new EngineClaims(running.Store, clock).DecideAsync("ENGINE:1", "prod", _ => Task.FromResult("done"), Cancelled));

        await running.Store.CommitAsync(new CommitBatch(StateKeys.System)
            .Put(StateKeys.EngineClaim, new EngineClaim(Queues.Node("ENGINE:1"), "other", "alive", TimeProvider.System.GetUtcNow()), 0), Cancelled);
        Assert.Null(await new EngineClaims(running.Store, TimeProvider.System).DecideAsync("ENGINE:1", "prod", _ => Task.FromResult("done"), Cancelled));
    }

    private static async Task<int> NodesAsync(RunningGridManager running, string grid) => (await running.Store.ListAsync(StateKeys.Node, grid, Cancelled)).Count;

    private static JoinGrid Join(string engine, string token) => new() { NodeId = engine, Name = "box", Token = token, Key = "the-key-of-the-agent", Facts = new NodeFacts() };

    private static JoinAdmission Admission(IStateStore store) => new(
        new GridLedger(store, TimeProvider.System, NullLogger<GridLedger>.Instance),
        new JoinLookup(store, new NodeLivenessMonitor(new LivenessOptions(), TimeProvider.System)),
        new EngineClaims(store, TimeProvider.System));
}
