using Kontena.Contracts.Commands;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Nodes;
using Kontena.GridManager.Nodes.Liveness;
using Kontena.GridManager.Services;
using Kontena.GridManager.Stacks;
using Kontena.Simulation.Tests.Platform;
using Kontena.Simulation.Tests.Time;
using Kontena.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kontena.Simulation.Tests.ControlPlane;

/// <summary>A grid-manager: the real ledger and decisions, the real monitor and loop of liveness; its consumers as their modules have them.</summary>
internal sealed class ManagerReplica(World world, string name, int mark) : Replica(world, name, mark)
{
    private const int Concurrency = 16;

    protected override void Run(SimProcess process, StoreConnection store, BusLink bus)
    {
        var options = World.Mutant == Mutant.SilenceNeedsNoWitness
            ? new LivenessOptions { ProbeLimit = TimeSpan.FromDays(1), TogetherLimit = TimeSpan.Zero }
            : new LivenessOptions();
        var clock = process.Clock;
        var ledger = new GridLedger(store, clock, NullLogger<GridLedger>.Instance);
        var monitor = new NodeLivenessMonitor(options, clock);
        var directory = new NodeDirectory(store, monitor);
        var answers = new JoinAnswers(bus, clock, NullLogger<JoinAnswers>.Instance);
        var liveness = new LivenessLoop(monitor, directory, store, bus, options, clock, NullLogger<LivenessLoop>.Instance);

        bus.Read(Queues.GridManager, Concurrency, isExclusive: false, letter => CommandAsync(process, ledger, monitor, letter));
        bus.Read(Queues.GridManagerReports, Concurrency, isExclusive: true, letter => ReportAsync(ledger, monitor, directory, answers, letter.Message));
        process.After(World.Dice.Milliseconds(0, 1000), () => _ = World.WatchAsync(process, LookAsync(liveness, clock)));
        process.Every(World.Dice.Milliseconds(0, 1000), options.ProbeEvery, () => World.Broker.Publish(
            bus, Destination.Queue(Queues.GridManagerReports), monitor.Probe(), static _ => { }));
    }

    private static async Task LookAsync(LivenessLoop liveness, SimClock clock)
    {
        while (true)
        {
            await liveness.TurnAsync(CancellationToken.None);
            await Task.Delay(TimeSpan.FromSeconds(1), clock, CancellationToken.None);
        }
    }

    private static async Task CommandAsync(SimProcess process, GridLedger ledger, NodeLivenessMonitor monitor, Letter letter)
    {
        const string grid = World.Grid;
        var none = CancellationToken.None;
        object answer = letter.Message switch
        {
            CreateService command => await ledger.DecideAsync(grid, (seen, now) => CreateServiceDecision.Decide(seen, command, now, process.NewId), none),
            UpdateService command => await ledger.DecideAsync(grid, (seen, now) => UpdateServiceDecision.Decide(seen, command, now), none),
            RemoveService command => await ledger.DecideAsync(grid, (seen, now) => RemoveServiceDecision.Decide(seen, command, now), none),
            SetServiceState command => await ledger.DecideAsync(grid, (seen, now) => SetServiceStateDecision.Decide(seen, command, now), none),
            ServiceTornDown command => await ledger.DecideAsync(grid, (seen, _) => ServiceTornDownDecision.Decide(seen, command), none),
            CreateStack command => await ledger.DecideAsync(grid, (seen, now) => CreateStackDecision.Decide(seen, command, now, process.NewId), none),
            UpdateStack command => await ledger.DecideAsync(grid, (seen, now) => UpdateStackDecision.Decide(seen, command, now, process.NewId), none),
            RemoveStack command => await ledger.DecideAsync(grid, (seen, now) => RemoveStackDecision.Decide(seen, command, now), none),
            SetStackState command => await ledger.DecideAsync(grid, (seen, now) => SetStackStateDecision.Decide(seen, command, now), none),
            ApplyStackRevision command => await ledger.DecideAsync(
                grid, (seen, now) => ApplyStackRevisionDecision.Decide(seen, command, now, process.NewId), ApplyStackRevisionDecision.Missing, none),
            UpdateNode command => await ledger.DecideAsync(grid, (seen, now) => UpdateNodeDecision.Decide(seen, command, now), none),
            RemoveNode command => await ledger.DecideAsync(grid, (seen, now) => RemoveNodeDecision.Decide(seen, command, now), none),
            _ => CommandResult.NotFound(letter.Message.GetType().Name),
        };
        if (letter.Message is RemoveNode removed && answer is CommandResult { Outcome: CommandOutcome.Done })
            monitor.Forget(grid, removed.Node);
        letter.Reply?.Invoke(answer);
    }

    // What a node says it says again: a report that the store can't take now is dropped.
    private static async Task ReportAsync(GridLedger ledger, NodeLivenessMonitor monitor, NodeDirectory directory, JoinAnswers answers, object message)
    {
        try
        {
            switch (message)
            {
                case LivenessProbe probe:
                    monitor.ProbeReturned(probe);
                    break;
                case NodeHeartbeat beat:
                    await HeartbeatAsync(monitor, directory, answers, beat);
                    break;
                case NodeFactsReport facts:
                    var taken = await ledger.DecideAsync(facts.Grid, (seen, now) => FactsConsumer.Decide(seen, facts, now), CancellationToken.None);
                    if (taken.Outcome == CommandOutcome.Done)
                        monitor.FactsStored(facts.Grid, facts.Node, FactsHash.Of(facts.Facts));
                    break;
                case JoinGrid join:
                    await JoinAsync(ledger, monitor, answers, join);
                    break;
            }
        }
        catch (Exception cause) when (cause is StateUnavailableException or StateConflictException)
        {
        }
    }

    private static async Task HeartbeatAsync(NodeLivenessMonitor monitor, NodeDirectory directory, JoinAnswers answers, NodeHeartbeat beat)
    {
        var hearing = monitor.Heard(beat);
        if (hearing == Hearing.Unknown)
            hearing = await directory.LearnAsync(beat, CancellationToken.None);
        if (hearing == Hearing.Unknown)
            await answers.RefuseAsync(beat.NodeId, beat.Run, "the record was removed", CancellationToken.None);
        else if (hearing == Hearing.OtherFacts)
            await answers.AskForFactsAsync(beat.Grid, beat.NodeId, CancellationToken.None);
    }

    private static async Task JoinAsync(GridLedger ledger, NodeLivenessMonitor monitor, JoinAnswers answers, JoinGrid join)
    {
        var outcome = JoinDecision.Mistake(join) is { } mistake
            ? new JoinOutcome(null, mistake)
            : await ledger.DecideAsync(
                World.Grid, (seen, now) => JoinDecision.Decide(seen, join, null, Incumbent.None, now), why => new JoinOutcome(null, why), CancellationToken.None);
        if (outcome.Refusal is not null)
            await answers.RefuseAsync(join.NodeId, join.Run, outcome.Refusal, CancellationToken.None);
        else
            monitor.Joined(outcome.Node!, join.Run);
    }
}
