using System.Threading.Channels;
using Kontena.Core.Messaging;
using Microsoft.Extensions.Logging;

namespace Kontena.State.Outbox;

/// <summary>Carries one partition's messages to the broker. All its state belongs to one loop; sends and forgets run beside it and report back.</summary>
internal sealed class PartitionRelay(
    string partition,
    IStateStore store,
    IMessageSender sender,
    SemaphoreSlim slots,
    string origin,
    RelayTrouble trouble,
    TimeProvider time,
    ILogger logger)
{
    private const int PageSize = 256;

    /// <summary>Messages held in memory; the rest waits in the store.</summary>
    private const int MaxTaken = 1024;

    /// <summary>Parked entries that are remembered, so that each is logged once.</summary>
    private const int MaxParked = 1000;

    /// <summary>Pages read in one go; what lies behind them waits for a later sweep.</summary>
    private const int MaxPages = 400;

    // The sender promises an answer within 10 s; this is the bound should it break the promise.
    private static readonly TimeSpan SendDeadline = TimeSpan.FromSeconds(15);

    // Bounded by what can be under way: one wake, one sweep, one forget, and a send per taken message.
    private readonly Channel<object> _news = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<string, DestinationLane> _lanes = [];
    private readonly HashSet<string> _taken = [];
    private readonly HashSet<string> _parked = [];
    private readonly List<string> _confirmed = [];
    private int _wakePosted;
    private int _sweepPosted;
    private bool _forgetting;
    private bool _forgetFailed;
    private bool _left;
    private string? _readThrough;
    private string? _seenBySweep;

    /// <summary>This process committed messages here.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _wakePosted, 1) == 0)
            _news.Writer.TryWrite(Woken.Instance);
    }

    /// <summary>Something is pending here; perhaps nobody cares for it.</summary>
    public void Sweep()
    {
        if (Interlocked.Exchange(ref _sweepPosted, 1) == 0)
            _news.Writer.TryWrite(SweepDue.Instance);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await _news.Reader.WaitToReadAsync(cancellationToken))
        {
            bool wake = false, sweep = false;
            while (_news.Reader.TryRead(out var news))
            {
                switch (news)
                {
                    case Woken:
                        Volatile.Write(ref _wakePosted, 0);
                        wake = true;
                        break;
                    case SweepDue:
                        Volatile.Write(ref _sweepPosted, 0);
                        sweep = true;
                        break;
                    case SendEnded ended:
                        Note(ended);
                        break;
                    case ForgetEnded forgotten:
                        Note(forgotten);
                        break;
                }
            }

            if (wake || sweep)
                _forgetFailed = false;
            if (sweep)
                await CollectAsync(afterLast: false, cancellationToken);
            else if (wake || (_left && _taken.Count < MaxTaken / 2))
                await CollectAsync(afterLast: true, cancellationToken);
            StartSends(cancellationToken);
            StartForget(cancellationToken);
        }
    }

    /// <summary>Takes messages from the store into the lanes: what is new since the last reading, or, when sweeping, whatever is still there.</summary>
    private async Task CollectAsync(bool afterLast, CancellationToken cancellationToken)
    {
        var after = afterLast ? _readThrough : null;
        _left = false;
        // Decided once: a pause that ends in the middle of the reading would let the later messages pass the earlier ones.
        var closed = _lanes.Values.Where(lane => lane.IsClosed && (afterLast || lane.IsPaused(time))).Select(lane => lane.Name).ToHashSet();
        var whole = false;
        try
        {
            for (var pages = 0; pages < MaxPages && !_left; pages++)
            {
                var page = await store.PendingAsync(partition, PageSize, cancellationToken, after);
                foreach (var entry in page)
                {
                    if (_taken.Count >= MaxTaken)
                    {
                        _left = true;
                        break;
                    }

                    after = entry.Id;
                    if (!_taken.Contains(entry.Id) && IsOurs(entry, sweeping: !afterLast))
                        Take(entry, closed);
                }

                whole = !_left && page.Count < PageSize;
                if (whole)
                    break;
            }
        }
        catch (StateUnavailableException failure)
        {
            // The sweep looks again in a second; the state health check tells people.
            logger.LogDebug("Outbox of {Partition} not read: {Cause}", partition, failure.Message);
            return;
        }

        _readThrough = after;
        if (!afterLast)
        {
            _seenBySweep = after;
            foreach (var lane in _lanes.Values.Where(lane => !closed.Contains(lane.Name)))
                lane.Reopen();
            if (whole)
                DropFinishedLanes();
        }
    }

    // A lane that failed and has nothing left to send: another process was faster.
    private void DropFinishedLanes()
    {
        foreach (var lane in _lanes.Values.Where(IsFinished).ToList())
        {
            _lanes.Remove(lane.Name);
            trouble.Recovered(lane.Name);
        }
    }

    private static bool IsFinished(DestinationLane lane) => lane.IsEmpty && !lane.IsClosed;

    // What another process committed is its own to send, unless it still lies here one sweep later.
    private bool IsOurs(OutboxEntry entry, bool sweeping) =>
        entry.Origin == origin || (sweeping && string.CompareOrdinal(entry.Id, _seenBySweep) <= 0);

    private void Take(OutboxEntry entry, HashSet<string> closed)
    {
        if (_parked.Contains(entry.Id) || closed.Contains(entry.DestinationJson))
            return;
        if (OutboxMail.Read(entry, out var why) is not { } mail)
        {
            Park(entry, why);
            return;
        }

        if (!_lanes.TryGetValue(entry.DestinationJson, out var lane))
            _lanes.Add(entry.DestinationJson, lane = new DestinationLane(entry.DestinationJson));
        lane.Waiting.Enqueue(mail);
        _taken.Add(entry.Id);
    }

    // A parked entry stays in the store: a process of a version that can read it will send it.
    private void Park(OutboxEntry entry, string why)
    {
        if (_parked.Count >= MaxParked)
            return;
        _parked.Add(entry.Id);
        logger.LogError(
            "Outbox entry {Entry} of {Partition} is left for a newer Kontena: {Why}. The entries behind it go on", entry.Id, partition, why);
    }

    private void StartSends(CancellationToken cancellationToken)
    {
        foreach (var lane in _lanes.Values)
        {
            if (lane.Sending is null && lane.Waiting.TryDequeue(out var mail))
            {
                lane.Sending = mail;
                _ = SendAsync(lane, mail, cancellationToken);
            }
        }
    }

    private async Task SendAsync(DestinationLane lane, OutboxMail mail, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            await slots.WaitAsync(cancellationToken);
            try
            {
                await sender.SendAsync(mail.Destination, mail.Message, cancellationToken).WaitAsync(SendDeadline, time, cancellationToken);
            }
            finally
            {
                slots.Release();
            }
        }
        catch (Exception thrown)
        {
            // Whatever the broker's client throws means the same here: not confirmed, so it is sent again.
            failure = thrown;
        }

        _news.Writer.TryWrite(new SendEnded(lane, mail, failure));
    }

    private void Note(SendEnded ended)
    {
        var lane = ended.Lane;
        lane.Sending = null;
        if (ended.Failure is null)
        {
            _confirmed.Add(ended.Mail.EntryId);
            lane.Succeeded();
            trouble.Recovered(lane.Name);
            if (IsFinished(lane))
                _lanes.Remove(lane.Name);
            return;
        }

        // Let go of everything behind it too: the next sweep takes it all again, in order.
        lane.Failed(time);
        trouble.Failed(lane.Name, ended.Failure);
        _taken.Remove(ended.Mail.EntryId);
        while (lane.Waiting.TryDequeue(out var behind))
            _taken.Remove(behind.EntryId);
    }

    private void StartForget(CancellationToken cancellationToken)
    {
        if (_forgetting || _forgetFailed || _confirmed.Count == 0)
            return;
        _forgetting = true;
        string[] entries = [.. _confirmed];
        _confirmed.Clear();
        _ = ForgetAsync(entries, cancellationToken);
    }

    private async Task ForgetAsync(string[] entries, CancellationToken cancellationToken)
    {
        var done = false;
        try
        {
            await store.ForgetAsync(partition, entries, cancellationToken);
            done = true;
        }
        catch (Exception failure) when (failure is StateUnavailableException or OperationCanceledException)
        {
            logger.LogDebug("Sent entries of {Partition} not forgotten yet: {Cause}", partition, failure.Message);
        }

        _news.Writer.TryWrite(new ForgetEnded(entries, done));
    }

    private void Note(ForgetEnded ended)
    {
        _forgetting = false;
        if (ended.Done)
        {
            _taken.ExceptWith(ended.Entries);
            return;
        }

        // Tried again with the next wake or sweep.
        _forgetFailed = true;
        _confirmed.AddRange(ended.Entries);
    }

    private sealed class Woken
    {
        public static readonly Woken Instance = new();
    }

    private sealed class SweepDue
    {
        public static readonly SweepDue Instance = new();
    }

    private sealed record SendEnded(DestinationLane Lane, OutboxMail Mail, Exception? Failure);

    private sealed record ForgetEnded(IReadOnlyList<string> Entries, bool Done);
}
