using Kontena.Contracts.Messaging;
using Kontena.Hosting;
using Kontena.Hosting.Bus;
using Kontena.LogCollector.Events;
using Kontena.LogCollector.Ingest;
using Kontena.LogCollector.Measurements;
using Kontena.LogCollector.Queries;
using Kontena.LogCollector.Retention;
using Kontena.LogCollector.Storage;
using Kontena.LogCollector.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Kontena.LogCollector;

/// <summary>Takes in what containers write and what nodes measure, keeps it for a while, and what happens, and answers questions about it. Lives on the data connection, but for events, which leave with commits.</summary>
public static class LogCollectorModule
{
    private const string Name = "log-collector";

    public static KontenaApplicationBuilder AddLogCollector(this KontenaApplicationBuilder builder)
    {
        if (!builder.TryAddModule(Name))
            return builder;

        AddServices(builder.Services, LogCollectorOptions.From(builder.Configuration));
        builder.AddControlEndpoint(EventEndpoint);
        builder.AddDataEndpoint(IngestEndpoint);
        builder.AddDataEndpoint(QueryEndpoint);
        return builder;
    }

    /// <summary>Many batches at once, so that one commit serves them all; each is acknowledged after it.</summary>
    private static readonly BusEndpoint IngestEndpoint = new(Queues.LogIngest)
    {
        Consumers = [typeof(LogBatchConsumer), typeof(StatsBatchConsumer)],
        Bindings = [new BusBinding(Queues.NodeData)],
        Prefetch = 128,
        Concurrency = 64,
    };

    /// <summary>One at a time keeps the order in which they come.</summary>
    private static readonly BusEndpoint EventEndpoint = new(Queues.EventIngest)
    {
        Consumers = [typeof(EventConsumer)],
        Bindings = [new BusBinding(Queues.Events, "#")],
        Bare = true,
        Prefetch = 64,
        Concurrency = 1,
    };

    private static readonly BusEndpoint QueryEndpoint = new(Queues.LogQueries)
    {
        Consumers = [typeof(QueryLogsConsumer), typeof(QueryLatestStatsConsumer), typeof(QueryEventsConsumer), typeof(QueryMetricsConsumer)],
        Prefetch = 32,
        Concurrency = 8,
    };

    internal static void AddServices(IServiceCollection services, LogCollectorOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<SqliteLogStore>();
        services.AddSingleton<ILogStore>(provider => provider.GetRequiredService<SqliteLogStore>());
        services.AddSingleton(options.Events);
        services.AddSingleton<EventLog>();
        services.AddHostedService<RetentionSweep>();
        services.AddHealthChecks().AddCheck<LogStoreCheck>("logs", tags: ["ready"]);
    }
}
