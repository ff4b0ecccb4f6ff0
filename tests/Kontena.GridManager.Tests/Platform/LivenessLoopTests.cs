using System.Reflection;
using Kontena.Contracts.Events;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.GridManager.Nodes;
using Kontena.GridManager.Nodes.Liveness;
using Kontena.Hosting.Bus;
using Kontena.State;
using Kontena.State.Documents;
using Kontena.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.GridManager.Tests.Platform;

/// <summary>The loop that stores what the monitor sees, over the real store and on a clock of the test's.</summary>
public sealed class LivenessLoopTests
{
    private readonly TestClock _clock = new();
    private readonly NodeLivenessMonitor _monitor;

    public LivenessLoopTests() => _monitor = new NodeLivenessMonitor(new LivenessOptions(), _clock);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silence_is_stored_and_announced_and_so_is_the_return()
    {
        await using var running = await RunningGridManager.StartWithoutLivenessAsync();
        await JoinedAsync(running);
        using var loop = Loop(running.Store);
        await SecondsAsync(loop, 3, beat: false);
        Assert.Equal(LivenessState.Online, await StateAsync(running.Store));
        await SecondsAsync(loop, 25, beat: false);
        Assert.Equal(LivenessState.Offline, await StateAsync(running.Store));
        await running.Mail.WaitAsync<GridFactChanged>(_ => running.Mail.Of<GridFactChanged>().Count(fact => fact.Kind == "node-liveness") >= 3);
        await SecondsAsync(loop, 2, beat: true);
        var back = await running.Store.GetAsync(StateKeys.NodeLiveness, "prod", "box", Cancelled);
        Assert.Equal(LivenessState.Online, back!.Value.State);
        Assert.Equal(_clock.GetUtcNow(), back.Value.ConnectedAt!.Value, TimeSpan.FromSeconds(2));
        foreach (var type in new[] { EventTypes.NodeSuspect, EventTypes.NodeOffline, EventTypes.NodeOnline })
            await running.Mail.WaitAsync<CloudEvent>(told => told.Data.Type == type && told.Data.Node == "box");
    }

    [Fact]
    public async Task A_trouble_is_announced_when_it_comes_and_when_it_goes_and_not_in_between()
    {
        await using var running = await RunningGridManager.StartWithoutLivenessAsync();
        await JoinedAsync(running);
        using var loop = Loop(running.Store);
        await SecondsAsync(loop, 12, beat: true);
        var before = Announced(running);

        await SecondsAsync(loop, 12, beat: true, "the container engine can't be asked: no");
        await running.Mail.WaitAsync<GridFactChanged>(_ => Announced(running) == before + 1);
        await SecondsAsync(loop, 1, beat: true);
        await running.Mail.WaitAsync<GridFactChanged>(_ => Announced(running) == before + 2);

        static int Announced(RunningGridManager running) => running.Mail.Of<GridFactChanged>().Count(fact => fact.Kind == "node-liveness");
    }

    [Fact]
    public async Task A_node_removed_meanwhile_is_not_written_back()
    {
        await using var running = await RunningGridManager.StartWithoutLivenessAsync();
        await JoinedAsync(running);
        using var loop = Loop(running.Store);
        await SecondsAsync(loop, 3, beat: true);
        await running.AskAsync(new RemoveNode { Grid = "prod", Node = "box" });
        await SecondsAsync(loop, 30, beat: true);
        Assert.Null(await running.Store.GetAsync(StateKeys.NodeLiveness, "prod", "box", Cancelled));
        Assert.Equal(Hearing.Unknown, _monitor.Heard(Some.Beat("box", "ID:1", "")));
    }

    [Fact]
    public async Task A_store_that_is_away_is_waited_for()
    {
        await using var running = await RunningGridManager.StartWithoutLivenessAsync();
        await JoinedAsync(running);
        var (store, power) = Switch.Around(running.Store);
        using var loop = Loop(store);
        await SecondsAsync(loop, 3, beat: true);
        power.Away = true;
        await SecondsAsync(loop, 25, beat: false);
        Assert.Equal(LivenessState.Online, await StateAsync(running.Store));
        power.Away = false;
        await SecondsAsync(loop, 1, beat: false);
        Assert.Equal(LivenessState.Offline, await StateAsync(running.Store));
    }

    private LivenessLoop Loop(IStateStore store) =>
        new(_monitor, new NodeDirectory(store, _monitor), store, new NoBus(), new LivenessOptions(), _clock, NullLogger<LivenessLoop>.Instance);

    private async Task SecondsAsync(LivenessLoop loop, int seconds, bool beat, params IReadOnlyList<string> troubles)
    {
        for (var second = 0; second < seconds; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            _monitor.ProbeReturned(_monitor.Probe());
            if (beat)
                _monitor.Heard(Some.Beat("box", "ID:1", "") with { Troubles = troubles });
            await loop.TurnAsync(Cancelled);
        }
    }

    private static async Task JoinedAsync(RunningGridManager running)
    {
        await running.ReportAsync("join", "", new JoinGrid { NodeId = "ID:1", Name = "box", Token = RunningGridManager.Token, Facts = new NodeFacts() });
        await running.Mail.WaitAsync<NodeJoined>(_ => true);
    }

    private static async Task<LivenessState> StateAsync(IStateStore store) =>
        (await store.GetAsync(StateKeys.NodeLiveness, "prod", "box", Cancelled))!.Value.State;

    private sealed class NoBus : IControlBus
    {
        public Task SendAsync(Destination destination, object message, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<TReply> AskAsync<TRequest, TReply>(Destination destination, TRequest request, TimeSpan timeout, CancellationToken cancellationToken)
            where TRequest : class
            where TReply : class => throw new TimeoutException("nobody answers here");
    }

    /// <summary>The store, until it is switched off. Public because a proxy is derived from it.</summary>
    public class Switch : DispatchProxy
    {
        private IStateStore _inner = null!;

        public bool Away { get; set; }

        public static (IStateStore Store, Switch Switch) Around(IStateStore inner)
        {
            var store = Create<IStateStore, Switch>();
            ((Switch)store)._inner = inner;
            return (store, (Switch)store);
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            Away ? throw new StateUnavailableException("switched off by the test") : targetMethod!.Invoke(_inner, args);
    }
}
