using FsCheck;
using FsCheck.Fluent;
using Kontena.State.Tests.Outbox;
using Kontena.Testing;
using Microsoft.Extensions.Logging;

namespace Kontena.State.Tests.Contract;

/// <summary>What the relay promises over every store.</summary>
public abstract partial class StoreContract
{
    [Fact]
    public async Task A_committed_message_is_sent_at_once_and_then_forgotten()
    {
        var sender = new RecordingSender();
        // No sweep ever comes, all but the one at the start, which the first message may meet.
        await using var process = await RunningRelay.StartAsync(Engine, sender, "a", new TestClock());
        for (var count = 1; count <= 2; count++)
        {
            await process.Store.CommitAsync(Sample.Batch().Send(Sample.Queue(), Sample.Fact($"{count}")), Token);
            await Eventually.TrueAsync(() => sender.Taken.Count == count, "the message is sent");
            await NothingPendingAsync();
        }

        Assert.Equal(2, sender.Attempts);
    }

    [Fact]
    public async Task Messages_to_one_destination_arrive_in_commit_order()
    {
        const int Count = 3000;
        var sender = new RecordingSender();
        await using var process = await RunningRelay.StartAsync(Engine, sender, "a");

        // More than the relay holds at once, committed side by side; the sequence is what the store says it is.
        var batch = Sample.Batch();
        for (var i = 0; i < Count; i++)
            batch.Send(Sample.Queue($"q-{i % 7}"), Sample.Fact($"{i}"));
        await process.Store.CommitAsync(batch, Token);
        await Eventually.TrueAsync(() => sender.Taken.Count >= Count, "all are sent", 60);
        await NothingPendingAsync();

        for (var queue = 0; queue < 7; queue++)
            Assert.Equal(Enumerable.Range(0, Count).Where(i => i % 7 == queue).Select(i => $"{i}"), sender.TakenBy($"q-{queue}"));
    }

    [Fact]
    public async Task A_destination_that_does_not_answer_holds_up_no_other()
    {
        var answer = new TaskCompletionSource();
        var sender = new RecordingSender { Before = (queue, _, _) => queue == "slow" ? answer.Task : Task.CompletedTask };
        await using var process = await RunningRelay.StartAsync(Engine, sender, "a");

        await process.Store.CommitAsync(Sample.Batch().Send(Sample.Queue("slow"), Sample.Fact("1")).Send(Sample.Queue("slow"), Sample.Fact("2")), Token);
        for (var i = 0; i < 20; i++)
            await process.Store.CommitAsync(Sample.Batch().Send(Sample.Queue("quick"), Sample.Fact($"{i}")), Token);
        await Eventually.TrueAsync(() => sender.Taken.Count == 20, "the others are sent");
        answer.SetResult();

        await Eventually.TrueAsync(() => sender.Taken.Count == 22, "all are sent");
        Assert.Equal(["1", "2"], sender.TakenBy("slow"));
    }

    [Fact]
    public async Task A_broker_that_is_away_costs_one_log_line_and_no_message()
    {
        var away = true;
        var sender = new RecordingSender
        {
            Before = (_, _, _) => Volatile.Read(ref away) ? throw new TimeoutException("the broker did not confirm") : Task.CompletedTask,
        };
        await using var process = await RunningRelay.StartAsync(Engine, sender, "a");

        for (var i = 0; i < 40; i++)
            await process.Store.CommitAsync(Sample.Batch().Send(Sample.Queue($"q-{i % 4}"), Sample.Fact($"{i}")), Token);
        await Eventually.TrueAsync(() => sender.Attempts >= 8, "it was tried again");
        Volatile.Write(ref away, false);
        await NothingPendingAsync();

        for (var queue = 0; queue < 4; queue++)
            Assert.Equal(Enumerable.Range(0, 40).Where(i => i % 4 == queue).Select(i => $"{i}"), sender.TakenBy($"q-{queue}"));
        await Eventually.TrueAsync(() => process.Log.Lines.Count == 2, "the end of the trouble is logged");
        Assert.Equal([LogLevel.Warning, LogLevel.Information], process.Log.Lines.Select(line => line.Level));
    }

    [Fact]
    public async Task A_message_of_an_unknown_type_is_parked_and_blocks_nothing()
    {
        var sender = new RecordingSender();
        await using var process = await RunningRelay.StartAsync(Engine, sender, "a");
        var batch = Sample.Batch().Send(Sample.Queue(), Sample.Fact("1"));
        ((List<OutgoingMessage>)batch.Messages).Add(new OutgoingMessage(Sample.Queue(), "Kontena.Contracts.FromTomorrow", "{}"));
        batch.Send(Sample.Queue(), Sample.Fact("2"));

        await process.Store.CommitAsync(batch, Token);
        await Eventually.TrueAsync(() => sender.Taken.Count == 2, "its neighbours are sent");
        await process.Store.CommitAsync(Sample.Batch().Send(Sample.Queue(), Sample.Fact("3")), Token);
        await Eventually.TrueAsync(() => sender.Taken.Count == 3, "what follows is sent");

        await Eventually.TrueAsync(
            async () => (await Store.PendingAsync(Sample.Partition, 10, Token)).Count == 1, "only the parked one stays");
        Assert.Contains("FromTomorrow", Assert.Single(process.Log.Lines).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_process_left_behind_between_commit_and_publish_is_sent_by_another()
    {
        // The first process commits and dies before its relay has done anything.
        await Engine.Open("dead").CommitAsync(Sample.Batch().Send(Sample.Queue(), Sample.Fact("1")), Token);
        var sender = new RecordingSender();
        await using var heir = await RunningRelay.StartAsync(Engine, sender, "heir");

        await NothingPendingAsync();
        Assert.Equal(["1"], sender.TakenBy("scheduler-shard-1"));
    }

    [Fact]
    public async Task What_was_sent_but_not_forgotten_is_sent_again()
    {
        var taken = new TaskCompletionSource();
        var confirmation = new TaskCompletionSource();
        var deaf = new RecordingSender
        {
            Before = (_, _, _) =>
            {
                taken.TrySetResult();
                return confirmation.Task;
            },
        };
        var first = await RunningRelay.StartAsync(Engine, deaf, "first");
        await first.Store.CommitAsync(Sample.Batch().Send(Sample.Queue(), Sample.Fact("1")), Token);
        await taken.Task.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Token);
        await first.DisposeAsync();
        confirmation.SetResult();

        var sender = new RecordingSender();
        await using var second = await RunningRelay.StartAsync(Engine, sender, "second");
        await NothingPendingAsync();
        Assert.Equal(["1"], sender.TakenBy("scheduler-shard-1"));
    }

    [Fact]
    public async Task Two_processes_that_live_do_not_send_for_each_other()
    {
        var one = new RecordingSender();
        var two = new RecordingSender();
        // Without sweeps, so that a slow machine makes nobody an heir.
        var clock = new TestClock();
        await using var first = await RunningRelay.StartAsync(Engine, one, "first", clock);
        await using var second = await RunningRelay.StartAsync(Engine, two, "second", clock);

        for (var i = 0; i < 50; i++)
        {
            await first.Store.CommitAsync(Sample.Batch().Send(Sample.Queue("one"), Sample.Fact($"{i}")), Token);
            await second.Store.CommitAsync(Sample.Batch().Send(Sample.Queue("two"), Sample.Fact($"{i}")), Token);
        }

        await NothingPendingAsync();
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), one.TakenBy("one"));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), two.TakenBy("two"));
        Assert.Equal(100, one.Attempts + two.Attempts);
    }

    /// <summary>Processes commit, lose the broker and die in any order: no committed message is ever lost.</summary>
    [Fact]
    public void No_committed_message_is_ever_lost()
    {
        var run = 0;
        var life = Gen.Choose(0, 9).ListOf(12);
        Prop.ForAll(life.ToArbitrary(), steps =>
        {
            // Off the test's synchronisation: FsCheck's properties are synchronous.
            Task.Run(() => LiveAndDieAsync([.. steps], $"life-{run++}"), Token).GetAwaiter().GetResult();
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5));
    }

    private async Task LiveAndDieAsync(IReadOnlyList<int> steps, string grid)
    {
        var refuse = 0;
        var sender = new RecordingSender
        {
            Before = async (_, _, token) =>
            {
                await Task.Yield();
                token.ThrowIfCancellationRequested();
                if (Interlocked.Decrement(ref refuse) >= 0)
                    throw new TimeoutException("not confirmed");
            },
        };
        var committed = new List<string>();
        var lives = 0;
        var process = await RunningRelay.StartAsync(Engine, sender, $"{grid}-{lives++}");
        foreach (var step in steps)
        {
            switch (step)
            {
                case 0 or 1:
                    await process.DisposeAsync();
                    process = await RunningRelay.StartAsync(Engine, sender, $"{grid}-{lives++}");
                    break;
                case 2:
                    Volatile.Write(ref refuse, 1);
                    break;
                default:
                    var fact = $"{grid}-{committed.Count}";
                    await process.Store.CommitAsync(Sample.Batch(grid).Send(Sample.Queue($"q-{step % 2}"), Sample.Fact(fact)), Token);
                    committed.Add(fact);
                    break;
            }
        }

        await Eventually.TrueAsync(
            async () => (await Store.PendingAsync(grid, 10, Token)).Count == 0, $"everything is sent after {string.Join(' ', steps)}");
        await process.DisposeAsync();
        Assert.Empty(committed.Except(sender.Taken.Select(one => one.Fact)));
    }

    private Task NothingPendingAsync() =>
        Eventually.TrueAsync(async () => (await Store.PartitionsWithPendingAsync(Token)).Count == 0, "the outbox is empty");
}
