using System.Text.RegularExpressions;
using Kontena.Contracts.Messaging;

namespace Kontena.GridManager.Integrations;

/// <summary>Something of an integration's that hears events.</summary>
/// <param name="Destination">What is bound.</param>
/// <param name="IsQueue">Else it is an exchange.</param>
/// <param name="RoutingKey">The pattern of what it hears.</param>
/// <param name="PropertiesKey">By which the broker tells it from others between the two.</param>
internal sealed record EventBinding(string Destination, bool IsQueue, string RoutingKey, string PropertiesKey)
{
    /// <summary>The broker user whose name its own begins with; empty when none can.</summary>
    public string User => Destination.Split('.', 3) is [var first, var second, _] ? $"{first}.{second}" : "";

    /// <summary>The exchange of commands, or the queue of the same name. Writing to it allows to bind it so; each event would then be a command of nobody, and the binding would outlive whoever made it.</summary>
    public bool IsIntoCommands => Destination == Queues.PublicCommands;

    /// <summary>Those with a key that its integration may not bind, or not any more, and whatever leads into the commands. Pure.</summary>
    public static IReadOnlyList<EventBinding> Forbidden(IEnumerable<EventBinding> bindings, IEnumerable<IntegrationRights> users)
    {
        var allowed = users.ToDictionary(user => user.Name, user => user.Events, StringComparer.Ordinal);
        return [.. bindings.Where(one => one.IsIntoCommands || (allowed.TryGetValue(one.User, out var events) && !Regex.IsMatch(one.RoutingKey, events)))];
    }
}
