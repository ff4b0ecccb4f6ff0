using Kontena.Docker.Wire;

namespace Kontena.Docker.Containers;

/// <summary>Container events in our types.</summary>
internal static class EventReading
{
    private static readonly string[] NotLabels = ["name", "image", "exitCode", "signal", "execID", "oldName", "comment"];

    /// <summary>Null for what is no news of a container: other objects, and the three events that every health probe makes.</summary>
    public static EngineEvent? Event(WireEvent wire)
    {
        if (wire.Action is not { Length: > 0 } action || wire.Actor?.ID is not { Length: > 0 } id) return null;
        if (wire.Type is not (null or "container") || action.StartsWith("exec_", StringComparison.Ordinal)) return null;

        var attributes = wire.Actor.Attributes ?? [];
        var at = wire.TimeNano > 0 ? GoTime.FromNanoseconds(wire.TimeNano) : DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(wire.Time, 0, 253402300799));
        int? exitCode = attributes.TryGetValue("exitCode", out var code) && int.TryParse(code, out var number) ? number : null;
        return new EngineEvent(
            at, action, id, attributes.GetValueOrDefault("name", ""), exitCode,
            attributes.Where(pair => !NotLabels.Contains(pair.Key)).ToDictionary(pair => pair.Key, pair => pair.Value));
    }
}
