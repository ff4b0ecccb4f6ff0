using Kontena.State.Documents;
using Kontena.State.Redis;
using Kontena.State.Tests.Contract;
using Kontena.State.Tests.Outbox;
using Kontena.Testing.Redis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kontena.State.Tests.Redis;

public sealed class RedisOutageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_redis_that_comes_later_is_waited_for_with_a_sentence()
    {
        RedisServer.SkipUnlessInstalled();
        await using var engine = new RedisUnderTest(RedisServer.Prepare());
        var store = engine.Open();

        var unavailable = await AwayBecauseAsync(store, "nothing listens there");
        Assert.DoesNotContain("test-password", unavailable.Message, StringComparison.Ordinal);

        await engine.Server.StartAsync(Token);
        await BackAsync(store);
        await store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 0), Token);
    }

    [Fact]
    public async Task A_restart_of_a_second_is_not_noticed_by_readers_and_writers()
    {
        await using var engine = await StartAsync();
        var store = engine.Open();
        await store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 0), Token);

        var version = 1;
        TimeSpan outage;
        do
        {
            var began = TimeProvider.System.GetTimestamp();
            await engine.Server.KillAsync(Token);
            var write = store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), version), Token);
            var read = store.GetAsync(Sample.Nodes, Sample.Partition, "one", Token);
            await engine.Server.StartAsync(Token);
            outage = TimeProvider.System.GetElapsedTime(began);
            if (outage < TimeSpan.FromSeconds(2))
            {
                await write;
                Assert.InRange((await read)!.Version, version, version + 1);
            }

            // On a busy machine the start may take longer than a reader waits: that is another outage than this one.
            await Task.WhenAll(write, read).ContinueWith(_ => { }, TaskScheduler.Default);
            await BackAsync(store);
            version = (int)(await store.GetAsync(Sample.Nodes, Sample.Partition, "one", Token))!.Version;
        }
        while (outage >= TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_long_outage_is_told_promptly_and_ends_by_itself()
    {
        await using var engine = await StartAsync();
        var store = engine.Open();
        await store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 0), Token);
        await engine.Server.KillAsync(Token);

        await InTimeAsync(() => Assert.ThrowsAsync<StateUnavailableException>(() => store.PingAsync(Token)));
        await InTimeAsync(() => Assert.ThrowsAsync<StateUnavailableException>(
            () => store.GetAsync(Sample.Nodes, Sample.Partition, "one", Token)));
        var unavailable = await InTimeAsync(() => Assert.ThrowsAsync<StateUnavailableException>(
            () => store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one", 2), 1), Token)));
        Assert.Contains("unknown whether the change was stored", unavailable.Message, StringComparison.Ordinal);

        await engine.Server.StartAsync(Token);
        await BackAsync(store);
        Assert.Equal(1, (await store.GetAsync(Sample.Nodes, Sample.Partition, "one", Token))!.Version);
        await store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one", 2), 1), Token);
        Assert.InRange(engine.Log.Lines.Count(line => line.Level == LogLevel.Warning), 1, 2);
    }

    [Fact]
    public async Task A_frozen_redis_is_no_hang_and_a_late_commit_counts_once()
    {
        await using var engine = await StartAsync();
        var store = engine.Open();
        await store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 0), Token);

        await engine.Server.FreezeAsync(Token);
        var write = store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one", 2), 1), Token);
        await InTimeAsync(() => Assert.ThrowsAsync<StateUnavailableException>(() => store.PingAsync(Token)));
        await engine.Server.ThawAsync(Token);

        await write;
        Assert.Equal(2, (await store.GetAsync(Sample.Nodes, Sample.Partition, "one", Token))!.Version);
    }

    [Fact]
    public async Task After_kill_9_everything_acknowledged_is_there_and_a_lone_writer_never_conflicts()
    {
        await using var engine = await StartAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var acknowledged = new long[4];
        var store = engine.Open();
        // Each writer owns its document, so a conflict could only come from a commit that was applied twice.
        var writers = Enumerable.Range(0, 4).Select(writer => Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    var version = acknowledged[writer];
                    await store.CommitAsync(
                        Sample.Batch($"grid-{writer}")
                            .Put(Sample.Nodes, Sample.Node("one", (int)version + 1), version)
                            .Send(Sample.Queue(), Sample.Fact($"{version + 1}")),
                        Token);
                    Volatile.Write(ref acknowledged[writer], version + 1);
                }
            },
            Token)).ToArray();

        for (var life = 0; life < 3; life++)
        {
            var goal = acknowledged.Max() + 50;
            await Eventually.TrueAsync(
                () => acknowledged.Min() > goal || Array.Exists(writers, one => one.IsFaulted), "commits go through", 60);
            await engine.Server.RestartAsync(Token);
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        await engine.Server.RestartAsync(Token);
        await BackAsync(store);
        for (var writer = 0; writer < 4; writer++)
        {
            Assert.Equal(acknowledged[writer], (await store.GetAsync(Sample.Nodes, $"grid-{writer}", "one", Token))!.Version);
            Assert.Equal(acknowledged[writer], await Sample.PendingCountAsync(store, $"grid-{writer}"));
        }
    }

    [Fact]
    public async Task A_batch_that_is_tried_again_is_applied_once()
    {
        await using var engine = await StartAsync();
        var store = engine.Open();
        using var connection = new RedisConnection(engine.Server.ConnectionString, TimeProvider.System, engine.Log);
        var redis = await connection.DatabaseAsync(Token);
        var commit = new RedisCommit(
            Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), CommitBatch.AnyVersion).Send(Sample.Queue(), Sample.Fact("1")), "batch-1", "a");

        Assert.Equal(0, (long)await redis.ScriptEvaluateAsync(RedisScripts.Commit, commit.Keys, commit.Values));
        Assert.Equal(-1, (long)await redis.ScriptEvaluateAsync(RedisScripts.Commit, commit.Keys, commit.Values));

        Assert.Equal(1, (await store.GetAsync(Sample.Nodes, Sample.Partition, "one", Token))!.Version);
        Assert.Single(await store.PendingAsync(Sample.Partition, 10, Token));
    }

    [Fact]
    public async Task A_wrong_password_is_named_but_not_shown()
    {
        await using var engine = await StartAsync();
        var wrong = engine.Server.ConnectionString.Replace("test-password", "secret-but-wrong", StringComparison.Ordinal);
        using var store = new RedisStateStore(new RedisConnection(wrong, TimeProvider.System, engine.Log), "a", TimeProvider.System);

        var unavailable = await AwayBecauseAsync(store, "refuses the password");

        Assert.DoesNotContain("secret-but-wrong", unavailable.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(engine.Log.Lines, line => line.Text.Contains("secret-but-wrong", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("password=s3cr3t")]
    [InlineData("host:1,password=s3cr3t,nonsense=1")]
    public void A_setting_that_cannot_be_read_is_refused_without_its_secret(string setting)
    {
        var refused = Assert.Throws<ArgumentException>(() => new RedisConnection(setting, TimeProvider.System, new ListLogger<RedisConnection>()));

        Assert.Contains("host:port", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", refused.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis.example:6379,password=s3cr3t", false, false)]
    [InlineData("127.0.0.1:6379,10.0.0.5:6379,password=s3cr3t", false, false)]
    [InlineData("10.0.0.5:6379,password=s3cr3t", true, true)]
    [InlineData("redis.example:6379,password=s3cr3t,ssl=true", false, true)]
    [InlineData("localhost:6379,password=s3cr3t", false, true)]
    public void Another_machines_store_is_not_spoken_to_without_TLS_unless_that_is_allowed(string setting, bool allowed, bool starts)
    {
        RedisConnection Open() => new(setting, TimeProvider.System, new ListLogger<RedisConnection>(), allowPlain: allowed);
        if (starts)
        {
            Open().Dispose();
            return;
        }

        var refused = Assert.Throws<OptionsValidationException>(Open);
        Assert.Contains("ssl=true", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Kontena:Tls:AllowPlain=true", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_relay_goes_on_when_redis_is_back()
    {
        await using var engine = await StartAsync();
        var sender = new RecordingSender();
        await using var process = await RunningRelay.StartAsync(engine, sender, "a");
        await process.Store.CommitAsync(Sample.Batch().Send(Sample.Queue(), Sample.Fact("1")), Token);
        await Eventually.TrueAsync(() => sender.Taken.Count == 1, "the first is sent");

        await engine.Server.RestartAsync(Token);
        await process.Store.CommitAsync(Sample.Batch().Send(Sample.Queue(), Sample.Fact("2")), Token);

        await Eventually.TrueAsync(() => sender.Taken.Any(one => one.Fact == "2"), "the second is sent");
        await Eventually.TrueAsync(
            async () => (await process.Store.PartitionsWithPendingAsync(Token)).Count == 0, "the outbox is empty");
    }

    [Fact]
    public async Task A_redis_that_may_forget_is_warned_about()
    {
        await using var engine = await StartAsync();
        using var careless = new RedisConnection(engine.Server.ConnectionString, TimeProvider.System, engine.Log);
        await (await careless.DatabaseAsync(Token)).ExecuteAsync("CONFIG", "SET", "appendfsync", "everysec");

        await engine.Open().PingAsync(Token);

        await Eventually.TrueAsync(
            () => engine.Log.Lines.Any(line => line.Text.Contains("appendfsync always", StringComparison.Ordinal)), "the warning is logged");
    }

    private static async Task<RedisUnderTest> StartAsync() => (RedisUnderTest)await RedisUnderTest.StartAsync();

    /// <summary>Refused again and again until the reason is the one that is awaited: looking into it has a short deadline of its own.</summary>
    private static async Task<StateUnavailableException> AwayBecauseAsync(IStateStore store, string reason)
    {
        StateUnavailableException? unavailable = null;
        await Eventually.TrueAsync(
            async () =>
            {
                unavailable = await InTimeAsync(() => Assert.ThrowsAsync<StateUnavailableException>(() => store.PingAsync(Token)));
                return unavailable.Message.Contains(reason, StringComparison.Ordinal);
            },
            $"it says: {reason}", 60);
        return unavailable!;
    }

    private static Task BackAsync(IStateStore store) => Eventually.TrueAsync(
        async () =>
        {
            try
            {
                await store.PingAsync(Token);
                return true;
            }
            catch (StateUnavailableException)
            {
                return false;
            }
        },
        "Redis answers again");

    /// <summary>Every call ends by itself; far more than its own deadline, for machines that are busy.</summary>
    private static async Task<T> InTimeAsync<T>(Func<Task<T>> call) =>
        await call().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Token);
}
