using Kontena.Contracts.Events;
using Kontena.Contracts.Logs;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Stats;
using Kontena.Hosting;
using Kontena.Hosting.Bus;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.LogCollector.Tests;

/// <summary>The whole service as it runs embedded: batches on the fanout and events on the topic in, answers on the queue out.</summary>
public sealed class OnTheBusTests
{
    [Fact]
    public async Task What_nodes_write_to_the_exchange_can_be_asked_for()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var data = Directory.CreateTempSubdirectory("kontena-logs-").FullName;
        var builder = KontenaApplicationBuilder.Create("log-collector", []);
        builder.Configuration["Kontena:DataDirectory"] = data;
        builder.Configuration["Kontena:Log:Level"] = "Warning";
        builder.AddLogCollector();
        await using var application = builder.Build();
        await application.StartAsync(cancellationToken);
        var bus = application.Services.GetRequiredService<IDataBus>();
        var questions = Destination.Queue(Queues.LogQueries);
        var now = TimeProvider.System.GetUtcNow();

        await bus.SendAsync(Destination.NodeData, LogLines.Batch(["one", "two"]), cancellationToken);
        await bus.SendAsync(Destination.NodeData, new StatsBatch { Grid = "main", Node = "core-01", At = now, NodeStats = new NodeStats { Cores = 2 } }, cancellationToken);

        var told = new GridEvent { Grid = "main", Type = EventTypes.NodeOnline, Severity = 1, Message = "node core-01 is online", Node = "core-01" };
        await application.Services.GetRequiredService<IControlBus>().SendAsync(
            Destination.Event(told.Grid, told.Type), CloudEvent.Of(told, "5a0000000000000000000901", now), cancellationToken);

        LogPage page;
        LatestStats stats;
        EventPage events;
        MetricsHistory history;
        do
        {
            page = await bus.AskAsync<QueryLogs, LogPage>(questions, LogLines.Query(), TimeSpan.FromSeconds(10), cancellationToken);
            stats = await bus.AskAsync<QueryLatestStats, LatestStats>(
                questions, new QueryLatestStats { Grid = "main" }, TimeSpan.FromSeconds(10), cancellationToken);
            events = await bus.AskAsync<QueryEvents, EventPage>(questions, new QueryEvents { Grid = "main" }, TimeSpan.FromSeconds(10), cancellationToken);
            history = await bus.AskAsync<QueryMetrics, MetricsHistory>(
                questions, new QueryMetrics { Grid = "main", From = now, To = now }, TimeSpan.FromSeconds(10), cancellationToken);
        }
        while (page.Lines.Count == 0 || stats.Nodes.Count == 0 || events.Events.Count == 0 || history.Minutes.Count == 0);

        Assert.Equal(["one", "two"], page.Lines.Texts());
        Assert.Equal("core-01", Assert.Single(stats.Nodes).Node);
        Assert.Equal(told, Assert.Single(events.Events).Event);
        Assert.Equal(2, Assert.Single(history.Minutes).Cores);
        var refused = await bus.AskAsync<QueryLogs, LogPage>(
            questions, LogLines.Query() with { Text = "\"bad" }, TimeSpan.FromSeconds(10), cancellationToken);
        Assert.Contains("not closed", refused.Error);
        await application.StopAsync(cancellationToken);
        Directory.Delete(data, recursive: true);
    }
}
