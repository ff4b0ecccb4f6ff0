using System.Net.Mime;
using Kontena.Hosting.Bus;
using MassTransit;
using MassTransit.Serialization;

namespace Kontena.Hosting.DeadLetters;

/// <summary>The last failures of a process without a broker, kept in memory like its queues.</summary>
internal sealed class InMemoryDeadLetters(TimeProvider time) : IDeadLetters
{
    /// <summary>Letters kept over all queues; the oldest gives way.</summary>
    internal const int Capacity = 1000;

    private readonly Lock _guard = new();
    private readonly LinkedList<Kept> _letters = [];

    /// <param name="queue">The dead-letter queue it would be in on a broker.</param>
    /// <param name="resend">Sends to the queue it came from.</param>
    public void Add(string queue, ReceiveContext context, string reason, Func<DeadLetterBody, CancellationToken, Task> resend)
    {
        var bytes = context.Body.GetBytes();
        var (type, id) = DeadLetterEnvelope.Describe(bytes);
        var letter = new DeadLetter { MessageId = id, Type = type, Reason = reason, At = time.GetUtcNow() };
        var body = new DeadLetterBody(DeadLetterEnvelope.WithoutAsker(bytes), context.ContentType ?? SystemTextJsonMessageSerializer.JsonContentType);
        lock (_guard)
        {
            _letters.AddLast(new Kept(queue, letter, body, resend));
            if (_letters.Count > Capacity)
            {
                _letters.RemoveFirst();
                BusMeter.DeadLettersForgotten.Add(1);
            }
        }
    }

    public Task<IReadOnlyList<DeadLetterQueue>> ListAsync(int letters, IReadOnlyList<string> also, CancellationToken cancellationToken)
    {
        lock (_guard)
        {
            return Task.FromResult<IReadOnlyList<DeadLetterQueue>>(
            [
                .. _letters.GroupBy(kept => kept.Queue, StringComparer.Ordinal)
                    .OrderBy(group => group.Key, StringComparer.Ordinal)
                    .Select(group => new DeadLetterQueue
                    {
                        Name = group.Key,
                        Origin = DeadLetterName.OriginOf(group.Key)!,
                        Count = group.Count(),
                        Letters = [.. group.Take(letters).Select(kept => kept.Letter)],
                    }),
            ]);
        }
    }

    public async Task<ReplayResult?> ReplayAsync(string queue, int limit, CancellationToken cancellationToken)
    {
        Kept[] waiting;
        lock (_guard)
            waiting = [.. _letters.Where(kept => kept.Queue == queue)];
        if (waiting.Length == 0)
            return DeadLetterName.OriginOf(queue) is null ? null : new ReplayResult { Queue = queue, Replayed = 0, Left = 0 };
        var replayed = 0;
        foreach (var kept in waiting.Take(limit))
        {
            await kept.Resend(kept.Body, cancellationToken);
            lock (_guard)
                _letters.Remove(kept);
            replayed++;
        }

        return new ReplayResult { Queue = queue, Replayed = replayed, Left = waiting.Length - replayed };
    }

    private sealed class Kept(string queue, DeadLetter letter, DeadLetterBody body, Func<DeadLetterBody, CancellationToken, Task> resend)
    {
        public string Queue { get; } = queue;

        public DeadLetter Letter { get; } = letter;

        public DeadLetterBody Body { get; } = body;

        public Func<DeadLetterBody, CancellationToken, Task> Resend { get; } = resend;
    }
}

/// <summary>A message as it was received.</summary>
internal sealed record DeadLetterBody(byte[] Bytes, ContentType ContentType);
