using Kontena.Contracts.Messaging;

namespace Kontena.Hosting.DeadLetters;

/// <summary>How queues of dead letters are named after the queue they belong to.</summary>
internal static class DeadLetterName
{
    public const string Error = "_error";
    public const string Skipped = "_skipped";

    /// <summary>The queues of the wire contract; those of nodes are known only to the broker.</summary>
    public static IEnumerable<string> WellKnown =>
        Enumerable.Range(0, Queues.SchedulerShards).Select(Queues.SchedulerShard)
            .Concat([Queues.GridManager, Queues.GridManagerReports, Queues.GridManagerQuestions, Queues.LogIngest, Queues.LogQueries, Queues.EventIngest, Queues.PublicCommands]);

    /// <summary>The queue the letters came from; null when the name is not one of a dead-letter queue.</summary>
    public static string? OriginOf(string queue)
    {
        foreach (var suffix in (ReadOnlySpan<string>)[Error, Skipped])
        {
            if (queue.EndsWith(suffix, StringComparison.Ordinal) && queue.Length > suffix.Length)
                return queue[..^suffix.Length];
        }

        return null;
    }
}
