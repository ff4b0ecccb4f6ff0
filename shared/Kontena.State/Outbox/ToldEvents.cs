using Kontena.Contracts.Events;
using Kontena.Contracts.Messaging;

namespace Kontena.State.Outbox;

/// <summary>Events leave with the commit of what they tell: who hears of it can read it, and what was not committed is not told.</summary>
public static class ToldEvents
{
    /// <summary>More that happen at once are counted in a last one.</summary>
    public const int MostPerCommit = 200;

    /// <param name="batch">Everything else is in it already.</param>
    /// <param name="events">What happened, in order.</param>
    /// <param name="newId">Ids, new each time.</param>
    /// <param name="now">When it was decided.</param>
    public static CommitBatch Tell(this CommitBatch batch, IReadOnlyList<GridEvent> events, Func<string> newId, DateTimeOffset now)
    {
        foreach (var told in Fitting(events, Math.Min(MostPerCommit, batch.Room)))
            batch.Send(Destination.Event(told.Grid, told.Type), CloudEvent.Of(told, newId(), now));
        return batch;
    }

    private static IEnumerable<GridEvent> Fitting(IReadOnlyList<GridEvent> events, int most)
    {
        if (events.Count <= most)
            return events;
        var left = events.Count - most + 1;
        return most == 0 ? [] : events.Take(most - 1).Append(new GridEvent
        {
            Grid = events[0].Grid,
            Type = EventTypes.Omitted,
            Severity = events.Skip(most - 1).Max(one => one.Severity),
            Message = $"{left} more events of the same moment are not told one by one",
        });
    }
}
