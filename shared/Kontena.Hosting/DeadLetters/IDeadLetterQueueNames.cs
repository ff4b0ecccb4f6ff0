namespace Kontena.Hosting.DeadLetters;

/// <summary>Which dead-letter queues a broker has.</summary>
internal interface IDeadLetterQueueNames
{
    /// <summary>Names that may hold letters, sorted, at most 1000. Those that do not exist are skipped by the caller.</summary>
    Task<IReadOnlyList<string>> ListAsync(IReadOnlyList<string> also, CancellationToken cancellationToken);
}
