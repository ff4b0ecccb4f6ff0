using Kontena.Contracts.Logs;
using Kontena.Contracts.Stats;
using Kontena.LogCollector.Search;

namespace Kontena.LogCollector.Storage;

/// <summary>Where lines and measurements are kept. Embedded: SQLite with full-text search; the seam for a search engine beside it.</summary>
internal interface ILogStore
{
    /// <summary>A node that has said nothing for so long is not shown by what it said last.</summary>
    static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(5);

    /// <summary>Why the last write failed; null when it did not.</summary>
    string? WriteFailure { get; }

    /// <summary>Stores the batch, once however often it comes, and returns when it is committed. Lines get ids that grow in the order they are stored.</summary>
    /// <exception cref="LogStoreException">It could not be stored; worth trying again.</exception>
    Task AppendAsync(LogBatch batch, CancellationToken cancellationToken);

    /// <summary>Stores a round of measurements. Twice does no harm.</summary>
    /// <inheritdoc cref="AppendAsync(LogBatch,CancellationToken)" path="/exception"/>
    Task AppendAsync(StatsBatch batch, CancellationToken cancellationToken);

    /// <summary>The lines that match, oldest first.</summary>
    /// <param name="query">Already checked; its <see cref="QueryLogs.Text"/> is not looked at.</param>
    /// <param name="search">The text asked for, or null.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="LogStoreException">It took longer than <see cref="LogCollectorOptions.QueryTimeout"/>.</exception>
    Task<IReadOnlyList<LogLine>> QueryAsync(QueryLogs query, SearchNode? search, CancellationToken cancellationToken);

    /// <summary>The newest measurements of each node of a grid, by the node's name; those older than <see cref="FreshFor"/> say nothing about now.</summary>
    Task<LatestStats> LatestAsync(string grid, CancellationToken cancellationToken);

    /// <summary>What was measured over a stretch of time, a row a minute.</summary>
    /// <param name="query">Already checked.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="LogStoreException">It took longer than <see cref="LogCollectorOptions.QueryTimeout"/>.</exception>
    Task<IReadOnlyList<MetricsMinute>> MetricsAsync(QueryMetrics query, CancellationToken cancellationToken);

    /// <summary>Removes what is over the limits of <see cref="LogCollectorOptions"/>.</summary>
    /// <returns>How many segments went.</returns>
    Task<int> TrimAsync(CancellationToken cancellationToken);
}

/// <summary>The log store can't do what was asked. The sentence says why and what to do.</summary>
internal sealed class LogStoreException(string message, Exception? inner = null) : Exception(message, inner);
