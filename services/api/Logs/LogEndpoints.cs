using System.Globalization;
using System.Text.Json.Nodes;
using Kontena.Api.Containers;
using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Http;
using Kontena.Contracts.Logs;
using Kontena.Contracts.Services;

namespace Kontena.Api.Logs;

/// <summary>What containers wrote (rest-api.md §19).</summary>
internal static class LogEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var logs = routes.MapGroup("/v1").WithTags("logs");
        logs.MapGet("/grids/{grid}/container_logs", OfGridAsync).Produces<LogsJson>().WithSummary("Lines of a grid; ?follow=1 streams");
        logs.MapGet("/stacks/{grid}/{stack}/container_logs", OfStackAsync).Produces<LogsJson>().WithSummary("Lines of a stack");
        logs.MapGet("/services/{grid}/{stack}/{service}/container_logs", OfServiceAsync).Produces<LogsJson>().WithSummary("Lines of a service");
        logs.MapGet("/containers/{grid}/{node}/{name}/logs", OfContainerAsync).Produces<LogsJson>().WithSummary("Lines of a container");

        logs.MapGet("/grids/{grid}/event_logs", NoEventsAsync).ExcludeFromDescription();
        logs.MapGet("/stacks/{grid}/{stack}/event_logs", NoEventsAsync).ExcludeFromDescription();
        logs.MapGet("/services/{grid}/{stack}/{service}/event_logs", NoEventsAsync).ExcludeFromDescription();
    }

    private static async Task<IResult> OfGridAsync(string grid, HttpContext http, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var found = await reader.GridAsync(grid, cancellationToken);
        var query = new QueryLogs
        {
            Grid = grid,
            AnyNode = LogFilter.ListOf(http.Request.Query, "nodes"),
            AnyContainer = LogFilter.ListOf(http.Request.Query, "containers")?.Select(one => one.Split('/')[^1]).ToList(),
        };
        if (LogFilter.ListOf(http.Request.Query, "services") is { } services)
        {
            var snapshot = await reader.WholeAsync(found, cancellationToken);
            query = query with { AnyService = [.. services.Select(name => Resolve(name, snapshot)).OfType<string>()] };
        }

        return await AnswerAsync(query, http, cancellationToken);
    }

    private static async Task<IResult> OfStackAsync(
        string grid, string stack, HttpContext http, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        if (stack != Service.NoStack)
            await reader.StackAsync(grid, stack, cancellationToken);
        return await AnswerAsync(new QueryLogs { Grid = grid, Stack = stack, ContainerName = Container(http) }, http, cancellationToken);
    }

    private static async Task<IResult> OfServiceAsync(
        string grid, string stack, string service, HttpContext http, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        await reader.ServiceAsync(grid, stack, service, cancellationToken);
        return await AnswerAsync(new QueryLogs
        {
            Grid = grid,
            Stack = stack,
            Service = service,
            ContainerName = Container(http),
            Instance = int.TryParse(http.Request.Query["instance"], NumberStyles.None, CultureInfo.InvariantCulture, out var instance) ? instance : null,
        }, http, cancellationToken);
    }

    private static async Task<IResult> OfContainerAsync(
        string grid, string node, string name, HttpContext http, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var snapshot = await reader.WholeAsync(await reader.GridAsync(grid, cancellationToken), cancellationToken);
        var container = ContainerEndpoints.Find(snapshot, node, name);
        return await AnswerAsync(
            new QueryLogs { Grid = grid, Node = container.Observed.Node, ContainerName = container.ContainerName }, http, cancellationToken);
    }

    private static async Task<IResult> AnswerAsync(QueryLogs query, HttpContext http, CancellationToken cancellationToken)
    {
        var services = http.RequestServices;
        if (LogFilter.Apply(query, http.Request.Query) is not { } filtered)
            return Reply.Ok(new LogsJson([]), KontenaResponseJson.Wire.LogsJson);

        var reader = services.GetRequiredService<LogReader>();
        if (http.Request.Query.ContainsKey("follow"))
        {
            return new LogStream(reader, services.GetRequiredService<LogFollowers>(), services.GetRequiredService<TimeProvider>(),
                services.GetRequiredService<ILogger<LogStream>>()) { Query = filtered };
        }

        var lines = await reader.ReadAsync(filtered, cancellationToken);
        return Reply.Ok(new LogsJson([.. lines.Select(line => LogReader.Render(line, query.Grid))]), KontenaResponseJson.Wire.LogsJson);
    }

    /// <summary><c>stack/name</c>, or a bare name: the first service called so in any stack. Null: there is none.</summary>
    private static string? Resolve(string name, GridSnapshot snapshot)
    {
        var service = name.Contains('/')
            ? snapshot.Services.FirstOrDefault(one => Service.DocumentId(one.Stack, one.Name) == name)
            : snapshot.Services.FirstOrDefault(one => one.Name == name);
        return service is null ? null : Service.DocumentId(service.Stack, service.Name);
    }

    private static string? Container(HttpContext http) =>
        http.Request.Query["container"].ToString() is { Length: > 0 } name ? name : null;

    private static Task NoEventsAsync(HttpContext http) =>
        Reply.WriteAsync(http, StatusCodes.Status501NotImplemented, new JsonObject
        {
            ["error"] = "This server keeps no event log; deploys say why they failed, and container logs are there",
        });
}
