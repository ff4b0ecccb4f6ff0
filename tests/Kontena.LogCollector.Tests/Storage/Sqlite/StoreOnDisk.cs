using Kontena.Contracts.Logs;
using Kontena.LogCollector.Queries;
using Kontena.LogCollector.Storage.Sqlite;
using Kontena.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kontena.LogCollector.Tests.Storage.Sqlite;

/// <summary>A store in a directory of its own, on a clock that the test moves.</summary>
internal sealed class StoreOnDisk : IAsyncDisposable
{
    private readonly LogCollectorOptions _options;

    public StoreOnDisk(int days = 7, long bytes = 1024L * 1024 * 1024, string? copyOf = null, TimeSpan? queryTimeout = null, int? pageText = null)
    {
        if (copyOf is not null)
        {
            foreach (var file in System.IO.Directory.EnumerateFiles(copyOf))
                File.Copy(file, Path.Combine(Directory, Path.GetFileName(file)));
        }

        _options = new LogCollectorOptions { Directory = Directory, RetentionDays = days, RetentionBytes = bytes };
        if (queryTimeout is { } limit)
            _options = _options with { QueryTimeout = limit };
        if (pageText is { } text)
            _options = _options with { PageText = text };
        Store = Open(Clock);
    }

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("kontena-logs-").FullName;

    public TestClock Clock { get; } = new();

    public SqliteLogStore Store { get; private set; }

    public string[] Segments => [.. System.IO.Directory.EnumerateFiles(Directory, "*.db").Select(file => Path.GetFileName(file)!).Order()];

    public async Task AddAsync(params LogBatch[] batches)
    {
        foreach (var batch in batches)
            await Store.AppendAsync(batch, TestContext.Current.CancellationToken);
    }

    /// <summary>As the bus would ask, refusals included.</summary>
    public Task<LogPage> AskAsync(QueryLogs query) => QueryLogsConsumer.AnswerAsync(Store, query, TestContext.Current.CancellationToken);

    public async Task<IReadOnlyList<LogLine>> LinesAsync(QueryLogs query)
    {
        var page = await AskAsync(query);
        Assert.Null(page.Error);
        return page.Lines;
    }

    public async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = Open(Clock);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    /// <summary>As another process of the machine has the directory open.</summary>
    public SqliteLogStore Open(TestClock clock) => new(_options, clock, NullLogger<SqliteLogStore>.Instance);
}
