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

    private static readonly TimeSpan LongerThanTheLimit = TimeSpan.FromSeconds(14);

    // A bus that does not come back by itself is started again after 90 s.
    [Fact(Timeout = 240_000)]
    public async Task A_broker_that_is_killed_makes_no_node_offline_and_a_node_that_dies_afterwards_is()
    {
        Assert.SkipWhen(RabbitMqBroker.Missing is not null, RabbitMqBroker.Missing ?? "");
        await using var redis = await RedisServer.StartNewAsync(Cancelled);
        var address = await broker.NewVirtualHostAsync(Cancelled);
        await using var running = await RunningGridManager.StartAsync(
            null, $"--Kontena:Bus:RabbitMq={address}", $"--Kontena:State:Redis={redis.ConnectionString}", "--Kontena:Liveness:OfflineAfterSeconds=10");
        await JoinAsync(running);

        var taken = new SemaphoreSlim(0);
        using var life = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var beating = BeatAsync(running, taken, life.Token);
        await taken.WaitAsync(Cancelled);
        await broker.RememberAsync(Cancelled);
        await broker.KillAsync();
        await NotOfflineAsync(running, LongerThanTheLimit);
        await broker.StartAsync(Cancelled);
        while (await taken.WaitAsync(TimeSpan.Zero, Cancelled))
            continue;
        await taken.WaitAsync(Cancelled);
        await NotOfflineAsync(running, LongerThanTheLimit);

        await life.CancelAsync();
        await beating;
        while (await StateAsync(running) != LivenessState.Offline)
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, Cancelled);
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

    private static async Task BeatAsync(RunningGridManager running, SemaphoreSlim taken, CancellationToken until)
    {
        var heartbeat = new NodeHeartbeat
        {
            Grid = "prod", Node = "box", NodeId = "ID:1", SentAt = Some.Now, FactsHash = FactsHash.Of(new NodeFacts()), ObservedDigest = "",
        };
        try
        {
            while (!until.IsCancellationRequested)
            {
                if (await TrySendAsync(running, "heartbeat", heartbeat, until))
                    taken.Release();
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, until);
            }
        }
        catch (OperationCanceledException)
        {
            // The node is dead now.
        }
    }

    /// <summary>As an agent does it: what the broker does not take is dropped.</summary>
    private static async Task<bool> TrySendAsync(RunningGridManager running, string kind, object report, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await running.Bus.SendAsync(Destination.Report(kind == "join" ? "" : "prod", kind), report, both.Token);
            return true;
        }
        catch (Exception exception) when (exception is TimeoutException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"not taken: {exception.Message}");
            return false;
        }
    }

    private static async Task NotOfflineAsync(RunningGridManager running, TimeSpan time)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < time)
        {
            Assert.NotEqual(LivenessState.Offline, await StateAsync(running));
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, Cancelled);
        }
    }

    private static async Task<LivenessState> StateAsync(RunningGridManager running) =>
        (await running.Store.GetAsync(StateKeys.NodeLiveness, "prod", "box", Cancelled))!.Value.State;
}
