using Kontena.State.Outbox;
using Kontena.State.Tests.Contract;
using Kontena.Testing;
using Microsoft.Extensions.Logging;

namespace Kontena.State.Tests.Outbox;

/// <summary>In which order a partition's messages go out when some of them fail: wakes, sweeps and the clock are the test's.</summary>
public sealed class PartitionRelayTests : IAsyncLifetime
{
    private const string Ours = "this-process";

    private readonly TestClock _clock = new();
    private readonly ScriptedOutbox _outbox = new();
    private readonly RecordingSender _sender = new();
    private readonly ListLogger<PartitionRelayTests> _log = new();
    private readonly SemaphoreSlim _slots = new(8);
    private readonly CancellationTokenSource _end = new();
    private PartitionRelay? _relay;
    private Task? _running;

    private PartitionRelay Relay => _relay ?? throw new InvalidOperationException("not started");

    public ValueTask InitializeAsync()
    {
        _relay = new PartitionRelay(
            Sample.Partition, _outbox, _sender, _slots, Ours, new RelayTrouble(_clock, _log), _clock, _log);
        _running = _relay.RunAsync(_end.Token);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running!);
        _end.Dispose();
        _slots.Dispose();
    }

    [Fact]
    public async Task What_is_committed_after_a_failure_waits_for_what_failed()
    {
        await FailAsync("q", "a", "b");
        _clock.Advance(TimeSpan.FromSeconds(1));

        // The pause is over, and a commit comes before the sweep that reads a and b again.
        _outbox.Add("q", "c", Ours);
        await ReadAsync(Relay.Wake);
        await ReadAsync(Relay.Sweep);

        await Eventually.TrueAsync(() => _sender.Taken.Count == 3, "all are sent");
        Assert.Equal(["a", "b", "c"], _sender.TakenBy("q"));
    }

    [Fact]
    public async Task A_pause_that_ends_in_the_middle_of_a_sweep_lets_nothing_overtake()
    {
        string[] facts = [.. Enumerable.Range(0, 300).Select(i => $"{i}")];
        await FailAsync("q", facts);

        // The sweep has passed over the first page when the pause ends.
        _outbox.OnRead = after =>
        {
            if (after is not null)
                _clock.Advance(TimeSpan.FromSeconds(1));
        };
        await ReadAsync(Relay.Sweep, pages: 2);
        _outbox.OnRead = _ => { };
        await ReadAsync(Relay.Sweep, pages: 2);

        await Eventually.TrueAsync(() => _sender.Taken.Count == facts.Length, "all are sent");
        Assert.Equal(facts, _sender.TakenBy("q"));
        Assert.Equal([LogLevel.Warning, LogLevel.Information], _log.Lines.Select(line => line.Level));
    }

    [Fact]
    public async Task A_sweep_that_breaks_off_leaves_the_rest_to_the_next_sweep()
    {
        string[] facts = [.. Enumerable.Range(0, 300).Select(i => $"{i}")];
        await FailAsync("q", facts);
        _clock.Advance(TimeSpan.FromSeconds(1));

        _outbox.OnRead = after =>
        {
            if (after is not null)
                throw new StateUnavailableException("the store went away");
        };
        await ReadAsync(Relay.Sweep);
        await Eventually.TrueAsync(() => _sender.Taken.Count == 256, "the first page is sent");
        _outbox.OnRead = _ => { };
        _outbox.Add("q", "last", Ours);
        await ReadAsync(Relay.Wake);
        await ReadAsync(Relay.Sweep);

        await Eventually.TrueAsync(() => _sender.Taken.Count == facts.Length + 1, "all are sent");
        Assert.Equal([.. facts, "last"], _sender.TakenBy("q"));
    }

    [Fact]
    public async Task What_another_process_committed_is_sent_once_it_has_lain_for_a_whole_sweep()
    {
        _outbox.Add("q", "theirs", "another-process");
        await ReadAsync(Relay.Sweep);
        _outbox.Add("q", "ours", Ours);
        await ReadAsync(Relay.Wake);
        await Eventually.TrueAsync(() => _sender.Taken.Count == 1, "our own is sent");
        await ReadAsync(Relay.Sweep);

        await Eventually.TrueAsync(() => _sender.Taken.Count == 2, "theirs is sent");
        Assert.Equal(["ours", "theirs"], _sender.TakenBy("q"));
    }

    /// <summary>Commits messages of which the first is refused once, and returns when the relay knows.</summary>
    private async Task FailAsync(string queue, params IReadOnlyList<string> facts)
    {
        var refused = 0;
        _sender.Before = (_, _, _) =>
            Interlocked.Increment(ref refused) == 1 ? throw new TimeoutException("not confirmed") : Task.CompletedTask;
        foreach (var fact in facts)
            _outbox.Add(queue, fact, Ours);
        Relay.Wake();
        await Eventually.TrueAsync(() => _log.Lines.Count == 1, "the failure is known");
    }

    /// <summary>Returns when the relay has read the outbox because of <paramref name="cause"/>.</summary>
    private async Task ReadAsync(Action cause, int pages = 1)
    {
        var before = _outbox.Reads;
        cause();
        await Eventually.TrueAsync(() => _outbox.Reads >= before + pages, "the outbox is read");
    }
}
