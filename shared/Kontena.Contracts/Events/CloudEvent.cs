using System.Text.Json.Serialization;

namespace Kontena.Contracts.Events;

/// <summary>An event as it is on the bus: CloudEvents 1.0 in structured JSON, without anything around it. It leaves with the commit of what it tells, at least once.</summary>
/// <remarks>Readers outside Kontena rely on these names: infra/docs/events.md.</remarks>
public sealed record CloudEvent
{
    public const string MediaType = "application/cloudevents+json";

    /// <summary>Before the type of ours in <see cref="Type"/>.</summary>
    public const string TypePrefix = "kontena.";

    [JsonPropertyName("specversion")]
    public required string SpecVersion { get; init; }

    /// <summary>24 hex digits, given once: who gets an event twice knows it by this.</summary>
    public required string Id { get; init; }

    /// <summary>The grid, as a path of the API: <c>/v1/grids/prod</c>.</summary>
    public required string Source { get; init; }

    /// <summary>As in the event log, with dots: <c>kontena.service.deploy</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The nearest thing concerned, as a path of the API: <c>/v1/services/prod/web/api</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>When the change was decided, by the clock of the service that decided it.</summary>
    public required DateTimeOffset Time { get; init; }

    [JsonPropertyName("datacontenttype")]
    public required string DataContentType { get; init; }

    public required GridEvent Data { get; init; }

    public static CloudEvent Of(GridEvent data, string id, DateTimeOffset time)
    {
        var (subject, what) = EventTypes.Parts(data.Type);
        return new CloudEvent
        {
            SpecVersion = "1.0",
            Id = id,
            Source = $"/v1/grids/{data.Grid}",
            Type = $"{TypePrefix}{subject}.{what}",
            Subject = SubjectOf(data, subject),
            Time = time,
            DataContentType = "application/json",
            Data = data with { Message = GridEvent.Brief(data.Message) },
        };
    }

    private static string SubjectOf(GridEvent data, string subject) => data switch
    {
        { Stack: { } stack, Service: { } service } => $"/v1/services/{data.Grid}/{stack}/{service}",
        { Stack: { } stack } => $"/v1/stacks/{data.Grid}/{stack}",
        { Volume: { } volume } => $"/v1/volumes/{data.Grid}/{volume}",
        { Node: { } node } when subject == "node" => $"/v1/nodes/{data.Grid}/{node}",
        _ => $"/v1/grids/{data.Grid}",
    };
}
