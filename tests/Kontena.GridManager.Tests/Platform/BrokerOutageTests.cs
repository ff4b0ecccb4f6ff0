using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.State;
using Kontena.State.Documents;
using Kontena.Testing.RabbitMq;
using Kontena.Testing.Redis;
using Xunit;

namespace Kontena.GridManager.Tests.Platform;

/// <summary>The distributed form: RabbitMQ and Redis are real, and the broker dies.</summary>
public sealed class BrokerOutageTests(RabbitMqBroker broker) : IClassFixture<RabbitMqBroker>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_broker_that_is_killed_makes_no_node_offline_and_a_node_that_dies_afterwards_is()
    {
        Assert.SkipWhen(RabbitMqBroker.Missing is not null, RabbitMqBroker.Missing ?? "");
        await using var redis = await RedisServer.StartNewAsync(Cancelled);
        var address = await broker.NewVirtualHostAsync(Cancelled);
        await using var running = await RunningGridManager.StartAsync(
            null, $"--Kontena:Bus:RabbitMq={address}", $"--Kontena:State:Redis={redis.ConnectionString}", "--Kontena:Liveness:OfflineAfterSeconds=10");
        await JoinAsync(running);

        var seen = new HashSet<LivenessState>();
        using var life = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var beating = BeatAsync(running, life.Token);
        await WatchAsync(running, 4, seen);
        await broker.KillAsync();
        // Longer than the limit after which a silent node is offline.
        await WatchAsync(running, 14, seen);
        await broker.StartAsync(Cancelled);
        await WatchAsync(running, 12, seen);
        Assert.Equal([LivenessState.Online], seen);

        await life.CancelAsync();
        await beating;
        await WatchAsync(running, 25, seen, until: LivenessState.Offline);
        Assert.Contains(LivenessState.Offline, seen);
    }

    private static async Task JoinAsync(RunningGridManager running)
    {
        var join = new JoinGrid { NodeId = "ID:1", Name = "box", Token = RunningGridManager.Token, Facts = new NodeFacts() };
        while (!running.Mail.Of<NodeJoined>().Any())
        {
            await TrySendAsync(running, "join", join, Cancelled);
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, Cancelled);
        }
    }

    private static async Task BeatAsync(RunningGridManager running, CancellationToken until)
    {
        var heartbeat = new NodeHeartbeat
        {
            Grid = "prod", Node = "box", NodeId = "ID:1", SentAt = Some.Now, FactsHash = FactsHash.Of(new NodeFacts()), ObservedDigest = "",
        };
        try
        {
            while (!until.IsCancellationRequested)
            {
                await TrySendAsync(running, "heartbeat", heartbeat, until);
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, until);
            }
        }
        catch (OperationCanceledException)
        {
            // The node is dead now.
        }
    }

    /// <summary>As an agent does it: what the broker does not take is dropped.</summary>
    private static async Task TrySendAsync(RunningGridManager running, string kind, object report, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await running.Bus.SendAsync(Destination.Report(kind == "join" ? "" : "prod", kind), report, both.Token);
        }
        catch (Exception exception) when (exception is TimeoutException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"not taken: {exception.Message}");
        }
    }

    private static async Task WatchAsync(RunningGridManager running, int seconds, HashSet<LivenessState> seen, LivenessState? until = null)
    {
        for (var look = 0; look < seconds * 2; look++)
        {
            var state = (await running.Store.GetAsync(StateKeys.NodeLiveness, "prod", "box", Cancelled))!.Value.State;
            seen.Add(state);
            if (state == until)
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, Cancelled);
        }
    }
}
