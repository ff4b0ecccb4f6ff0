using System.Text.Json;
using Kontena.Api.Auth;
using Kontena.Api.Http;
using Kontena.Api.Logs;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Events;
using Kontena.Contracts.Http;
using Kontena.Contracts.Services;

namespace Kontena.Api.Events;

/// <summary>What happened (rest-api.md §19).</summary>
internal static class EventEndpoints
{
    private static readonly QueryParameter Nodes = new("nodes", QueryType.Commas, "Only what concerns these nodes");
    private static readonly QueryParameter Stacks = new("stacks", QueryType.Commas, "Only what concerns these stacks");
    private static readonly QueryParameter Services = new("services", QueryType.Commas, "Only what concerns these services: STACK/NAME");
    private const string TooMany = "The log-collector does not answer, or as many streams are open as are served at once";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var events = routes.MapGroup("/v1").WithTags("events");
        events.MapGet("/grids/{grid}/event_logs", OfGridAsync).WithFacts("listGridEvents", Need.GridUser)
            .Reads(LogFilter.OfEvents).Reads(Nodes, Stacks, Services).Refuses(503, TooMany)
            .Produces<EventsJson>().WithSummary("Events of a grid; ?follow=1 streams");
        events.MapGet("/stacks/{grid}/{stack}/event_logs", OfStackAsync).WithFacts("listStackEvents", Need.GridUser)
            .Reads(LogFilter.OfEvents).Refuses(503, TooMany)
            .Produces<EventsJson>().WithSummary("Events of a stack and its services");
        events.MapGet("/services/{grid}/{stack}/{service}/event_logs", OfServiceAsync).WithFacts("listServiceEvents", Need.GridUser)
            .Reads(LogFilter.OfEvents).Refuses(503, TooMany)
            .Produces<EventsJson>().WithSummary("Events of a service");
    }

    /// <remarks>Names are not looked up: also what is gone has its events.</remarks>
    private static async Task<IResult> OfGridAsync(string grid, HttpContext http, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        return await AnswerAsync(new QueryEvents
        {
            Grid = grid,
            AnyNode = LogFilter.ListOf(http.Request.Query, Nodes)?.Select(one => one.Split('/')[^1]).ToList(),
            AnyStack = LogFilter.ListOf(http.Request.Query, Stacks)?.Select(one => one.Split('/')[^1]).ToList(),
            AnyService = LogFilter.ListOf(http.Request.Query, Services),
        }, http, cancellationToken);
    }

    private static async Task<IResult> OfStackAsync(
        string grid, string stack, HttpContext http, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        if (stack != Service.NoStack)
            await reader.StackAsync(grid, stack, cancellationToken);
        return await AnswerAsync(new QueryEvents { Grid = grid, Stack = stack }, http, cancellationToken);
    }

    private static async Task<IResult> OfServiceAsync(
        string grid, string stack, string service, HttpContext http, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        await reader.ServiceAsync(grid, stack, service, cancellationToken);
        return await AnswerAsync(new QueryEvents { Grid = grid, Stack = stack, Service = service }, http, cancellationToken);
    }

    private static async Task<IResult> AnswerAsync(QueryEvents query, HttpContext http, CancellationToken cancellationToken)
    {
        if (LogPlace.Of(http.Request.Query) is not { } place)
            return Reply.Ok(new EventsJson([]), KontenaResponseJson.Wire.EventsJson);

        var services = http.RequestServices;
        var reader = services.GetRequiredService<EventReader>();
        if (LogFilter.Follow.IsSet(http))
        {
            return new LogStream<LoggedEvent>(services.GetRequiredService<LogFollowers>(), services.GetRequiredService<Standing>(), services.GetRequiredService<TimeProvider>(),
                services.GetRequiredService<ILogger<EventReader>>())
            {
                Grid = query.Grid,
                FirstAsync = token => reader.ReadAsync(At(query, place), token),
                NextAsync = (last, token) => reader.ReadAsync(At(query, place.Next(last, LogStream<LoggedEvent>.LinesPerBatch)), token),
                Write = one => (one.Id, JsonSerializer.SerializeToUtf8Bytes(EventRendering.Of(one), KontenaResponseJson.Wire.EventJson)),
            };
        }

        var events = await reader.ReadAsync(At(query, place), cancellationToken);
        return Reply.Ok(new EventsJson([.. events.Select(EventRendering.Of)]), KontenaResponseJson.Wire.EventsJson);
    }

    private static QueryEvents At(QueryEvents query, LogPlace place) => query with { After = place.After, Since = place.Since, Limit = place.Limit };
}
