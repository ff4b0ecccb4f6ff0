using System.Globalization;
using System.Text.Json;
using Kontena.Api.Auth;
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
    private static readonly QueryParameter Nodes = new("nodes", QueryType.Commas, "Only of these nodes");
    private static readonly QueryParameter Services = new("services", QueryType.Commas, "Only of these services: STACK/NAME, or NAME for the first called so");
    private static readonly QueryParameter Containers = new("containers", QueryType.Commas, "Only of these containers");
    private static readonly QueryParameter OneContainer = new("container", QueryType.Text, "Only of this container");
    private static readonly QueryParameter Instance = new("instance", QueryType.Integer, "Only of the instance of this number") { Least = 0 };
    private const string NoSearch = "The search makes no sense; the error says where";
    private const string TooMany = "The log-collector does not answer, or as many streams are open as are served at once";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var logs = routes.MapGroup("/v1").WithTags("logs");
        logs.MapGet("/grids/{grid}/container_logs", OfGridAsync).WithFacts("listGridLogs", Need.GridUser)
            .Reads(LogFilter.All).Reads(Nodes, Services, Containers).Refuses(422, NoSearch).Refuses(503, TooMany)
            .Produces<LogsJson>().WithSummary("Lines of a grid; ?follow=1 streams");
        logs.MapGet("/stacks/{grid}/{stack}/container_logs", OfStackAsync).WithFacts("listStackLogs", Need.GridUser)
            .Reads(LogFilter.All).Reads(OneContainer).Refuses(422, NoSearch).Refuses(503, TooMany)
            .Produces<LogsJson>().WithSummary("Lines of a stack");
        logs.MapGet("/services/{grid}/{stack}/{service}/container_logs", OfServiceAsync).WithFacts("listServiceLogs", Need.GridUser)
            .Reads(LogFilter.All).Reads(OneContainer, Instance).Refuses(422, NoSearch).Refuses(503, TooMany)
            .Produces<LogsJson>().WithSummary("Lines of a service");
        logs.MapGet("/containers/{grid}/{node}/{name}/logs", OfContainerAsync).WithFacts("listContainerLogs", Need.GridUser)
            .Reads(LogFilter.All).Refuses(422, NoSearch).Refuses(503, TooMany)
            .Produces<LogsJson>().WithSummary("Lines of a container");
    }

    private static async Task<IResult> OfGridAsync(string grid, HttpContext http, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var found = await reader.GridAsync(grid, cancellationToken);
        var query = new QueryLogs
        {
            Grid = grid,
            AnyNode = LogFilter.ListOf(http.Request.Query, Nodes),
            AnyContainer = LogFilter.ListOf(http.Request.Query, Containers)?.Select(one => one.Split('/')[^1]).ToList(),
        };
        if (LogFilter.ListOf(http.Request.Query, Services) is { } services)
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
        return await AnswerAsync(new QueryLogs { Grid = grid, Stack = stack, ContainerName = OneContainer.TextOf(http) }, http, cancellationToken);
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
            ContainerName = OneContainer.TextOf(http),
            Instance = int.TryParse(LogEndpoints.Instance.TextOf(http), NumberStyles.None, CultureInfo.InvariantCulture, out var instance) ? instance : null,
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
        if (LogFilter.Follow.IsSet(http))
        {
            var asked = new LogPlace(filtered.After, filtered.Since, filtered.Limit);
            return new LogStream<LogLine>(services.GetRequiredService<LogFollowers>(), services.GetRequiredService<Standing>(), services.GetRequiredService<TimeProvider>(),
                services.GetRequiredService<ILogger<LogReader>>())
            {
                Grid = query.Grid,
                FirstAsync = token => reader.ReadAsync(filtered, token),
                NextAsync = (last, token) => reader.ReadAsync(LogFilter.At(filtered, asked.Next(last, LogStream<LogLine>.LinesPerBatch)), token),
                Write = line => (line.Id, JsonSerializer.SerializeToUtf8Bytes(LogReader.Render(line, query.Grid), KontenaResponseJson.Wire.LogLineJson)),
            };
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
}
