using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kontena.Hosting.DeadLetters;

/// <summary>Dead letters over HTTP; the caller's middleware decides who may ask.</summary>
public static class DeadLetterRoutes
{
    private const int MaxLetters = 100;
    private const int MaxReplay = 1000;

    /// <summary>
    /// <c>GET {prefix}/dead-letters?letters=20&amp;queue=node-…</c> lists, <c>POST {prefix}/dead-letters/{queue}/replay?limit=1000</c> sends back.
    /// </summary>
    /// <param name="routes">Where to.</param>
    /// <param name="prefix">Such as <c>/v1/admin</c>.</param>
    /// <param name="list">What else is said of the first route.</param>
    /// <param name="replay">What else is said of the second.</param>
    public static void MapDeadLetters(
        this IEndpointRouteBuilder routes, string prefix, Action<RouteHandlerBuilder>? list = null, Action<RouteHandlerBuilder>? replay = null)
    {
        var group = routes.MapGroup(prefix + "/dead-letters");
        var listing = group.MapGet("", ListAsync);
        var replaying = group.MapPost("{queue}/replay", ReplayAsync);
        list?.Invoke(listing);
        replay?.Invoke(replaying);
    }

    private static async Task<IResult> ListAsync(IDeadLetters dead, int? letters, string[]? queue, CancellationToken cancellationToken)
    {
        if (letters is < 0 or > MaxLetters)
            return Error(StatusCodes.Status422UnprocessableEntity, $"letters is {letters}; expected 0 to {MaxLetters}");
        if (queue is { Length: > 100 })
            return Error(StatusCodes.Status422UnprocessableEntity, "at most 100 queues can be named at once");
        try
        {
            var queues = await dead.ListAsync(letters ?? 20, queue ?? [], cancellationToken);
            return Results.Json(new DeadLetterList(queues), DeadLetterJson.Default.DeadLetterList);
        }
        catch (DeadLettersUnavailableException exception)
        {
            return Error(StatusCodes.Status503ServiceUnavailable, exception.Message);
        }
    }

    private static async Task<IResult> ReplayAsync(IDeadLetters dead, string queue, int? limit, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MaxReplay)
            return Error(StatusCodes.Status422UnprocessableEntity, $"limit is {limit}; expected 1 to {MaxReplay}");
        try
        {
            return await dead.ReplayAsync(queue, limit ?? MaxReplay, cancellationToken) is { } result
                ? Results.Json(result, DeadLetterJson.Default.ReplayResult)
                : Error(StatusCodes.Status404NotFound, $"there is no dead-letter queue '{queue}'; their names end in _error or _skipped");
        }
        catch (DeadLettersUnavailableException exception)
        {
            return Error(StatusCodes.Status503ServiceUnavailable, exception.Message);
        }
    }

    private static IResult Error(int status, string sentence) =>
        Results.Json(new DeadLetterError(sentence), DeadLetterJson.Default.DeadLetterError, statusCode: status);
}
