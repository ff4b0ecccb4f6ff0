using Kontena.Contracts.Events;
using Kontena.Contracts.Http;
using Kontena.Contracts.Services;

namespace Kontena.Api.Events;

/// <summary>Events as clients know them (rest-api.md §19.5), with the id that theirs lack (§25.13).</summary>
internal static class EventRendering
{
    public static EventJson Of(LoggedEvent logged)
    {
        var told = logged.Event;
        return new EventJson
        {
            Id = logged.Id,
            CreatedAt = logged.At,
            Severity = told.Severity,
            Type = told.Type,
            Message = told.Message,
            Meta = told.Instance is { } number ? new EventMetaJson(number) : null,
            Relationships = [.. Relationships(told)],
        };
    }

    private static IEnumerable<RelationshipJson> Relationships(GridEvent told)
    {
        yield return new RelationshipJson(told.Grid, "grid");
        if (told.Stack is { } stack && stack != Service.NoStack)
            yield return new RelationshipJson($"{told.Grid}/{stack}", "stack");
        if (told is { Stack: { } of, Service: { } service })
            yield return new RelationshipJson($"{told.Grid}/{of}/{service}", "service");
        if (told.Volume is { } volume)
            yield return new RelationshipJson($"{told.Grid}/{volume}", "volume");
        if (told.Node is { } node)
            yield return new RelationshipJson($"{told.Grid}/{node}", "node");
    }
}
