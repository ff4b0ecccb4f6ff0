using Kontena.Contracts.Events;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Contracts.Vault;
using Kontena.Contracts.Volumes;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Events;

/// <summary>What a change of a record is as an event; null for records whose changes are nobody's news. Only names are taken from the record: its content may be secret.</summary>
internal static class RecordEvents
{
    /// <param name="grid">The grid spoken of.</param>
    /// <param name="document">As it is put.</param>
    /// <param name="isNew">It was not there before.</param>
    /// <param name="change">The line of the log, which holds names and numbers.</param>
    public static GridEvent? OfPut(string grid, object document, bool isNew, string change) => document switch
    {
        Grid => Of(grid, "grid", Verb(isNew, null), change),
        Node node => Of(grid, "node", Verb(isNew, null), change) with { Node = node.Name },
        NodeLiveness liveness => OfLiveness(liveness, change),
        Stack stack => Of(grid, "stack", Verb(isNew, stack.RemovedAt), change) with { Stack = stack.Name },
        Service service => Of(grid, "service", Verb(isNew, service.RemovedAt), change) with { Stack = service.Stack, Service = service.Name },
        Volume volume => Of(grid, "volume", Verb(isNew, volume.RemovedAt), change) with { Volume = volume.Name },
        Secret => Of(grid, "secret", Verb(isNew, null), change),
        _ => null,
    };

    public static GridEvent? OfDelete(string grid, IDocumentKind kind, string id, string change)
    {
        if (kind.Name == StateKeys.Grid.Name)
            return Of(grid, "grid", EventTypes.Remove, change);
        if (kind.Name == StateKeys.Node.Name)
            return Of(grid, "node", EventTypes.Remove, change) with { Node = id };
        if (kind.Name == StateKeys.Stack.Name)
            return Of(grid, "stack", EventTypes.Remove, change) with { Stack = id };
        if (kind.Name == StateKeys.Service.Name)
            return Of(grid, "service", EventTypes.Remove, change) with { Stack = id[..id.IndexOf('/')], Service = id[(id.IndexOf('/') + 1)..] };
        if (kind.Name == StateKeys.Volume.Name)
            return Of(grid, "volume", EventTypes.Remove, change) with { Volume = id };
        return kind.Name == StateKeys.Secret.Name ? Of(grid, "secret", EventTypes.Remove, change) : null;
    }

    /// <summary>What is believed of a node has changed.</summary>
    public static GridEvent OfLiveness(NodeLiveness liveness, string? message = null) => new()
    {
        Grid = liveness.Grid,
        Node = liveness.Node,
        Type = liveness.State switch
        {
            LivenessState.Online => EventTypes.NodeOnline,
            LivenessState.Suspect => EventTypes.NodeSuspect,
            _ => EventTypes.NodeOffline,
        },
        Severity = liveness.State switch
        {
            LivenessState.Online => EventSeverity.Info,
            LivenessState.Suspect => EventSeverity.Warning,
            _ => EventSeverity.Error,
        },
        Message = message ?? $"node {liveness.Node} is {Word(liveness)}",
    };

    private static string Word(NodeLiveness liveness) => liveness.State switch
    {
        LivenessState.Online => "online",
        LivenessState.Suspect when liveness.RestartsSince is not null => "being restarted: its agent said that it comes back",
        LivenessState.Suspect => "silent",
        _ => "offline",
    };

    private static Func<string, string> Verb(bool isNew, DateTimeOffset? removedAt) =>
        removedAt is not null ? EventTypes.Removing : isNew ? EventTypes.Create : EventTypes.Update;

    private static GridEvent Of(string grid, string kind, Func<string, string> verb, string change) => new()
    {
        Grid = grid, Type = verb(kind), Severity = EventSeverity.Info, Message = change,
    };
}
