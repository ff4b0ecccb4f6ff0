using System.Globalization;
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
    /// <param name="beforeReplay">Awaited for a queue whose letters are about to be sent back; nothing is when it throws.</param>
    public static void MapDeadLetters(
        this IEndpointRouteBuilder routes, string prefix, Action<RouteHandlerBuilder>? list = null, Action<RouteHandlerBuilder>? replay = null,
        Func<HttpContext, string, Task>? beforeReplay = null)
    {
        var group = routes.MapGroup(prefix + "/dead-letters");
        var listing = group.MapGet("", ListAsync);
        var replaying = group.MapPost("{queue}/replay", (IDeadLetters dead, string queue, string? limit, HttpContext http, CancellationToken cancellationToken) =>
            ReplayAsync(dead, queue, limit, beforeReplay is null ? null : () => beforeReplay(http, queue), cancellationToken));
        list?.Invoke(listing);
        replay?.Invoke(replaying);
    }

    private static async Task<IResult> ListAsync(IDeadLetters dead, string? letters, string[]? queue, CancellationToken cancellationToken)
    {
        if (NumberOf(letters, otherwise: 20) is not (>= 0 and <= MaxLetters and var shown))
            return Error(StatusCodes.Status422UnprocessableEntity, $"letters is {letters}; expected 0 to {MaxLetters}");
        if (queue is { Length: > 100 })
            return Error(StatusCodes.Status422UnprocessableEntity, "at most 100 queues can be named at once");
        try
        {
            var queues = await dead.ListAsync(shown, queue ?? [], cancellationToken);
            return Results.Json(new DeadLetterList(queues), DeadLetterJson.Default.DeadLetterList);
        }
        catch (DeadLettersUnavailableException exception)
        {
            return Error(StatusCodes.Status503ServiceUnavailable, exception.Message);
        }
    }

    private static async Task<IResult> ReplayAsync(IDeadLetters dead, string queue, string? limit, Func<Task>? before, CancellationToken cancellationToken)
    {
        if (NumberOf(limit, otherwise: MaxReplay) is not (>= 1 and <= MaxReplay and var most))
            return Error(StatusCodes.Status422UnprocessableEntity, $"limit is {limit}; expected 1 to {MaxReplay}");
        if (before is not null && DeadLetterName.OriginOf(queue) is not null)
            await before();
        try
        {
            return await dead.ReplayAsync(queue, most, cancellationToken) is { } result
                ? Results.Json(result, DeadLetterJson.Default.ReplayResult)
                : Error(StatusCodes.Status404NotFound, $"there is no dead-letter queue '{queue}'; their names end in _error or _skipped");
        }
        catch (DeadLettersUnavailableException exception)
        {
            return Error(StatusCodes.Status503ServiceUnavailable, exception.Message);
        }
    }

    /// <summary>Read here, because what does not bind is refused without a word. A bare name counts as not there; null: no number.</summary>
    private static int? NumberOf(string? text, int otherwise) =>
        string.IsNullOrEmpty(text) ? otherwise : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static IResult Error(int status, string sentence) =>
        Results.Json(new DeadLetterError(sentence), DeadLetterJson.Default.DeadLetterError, statusCode: status);
}
