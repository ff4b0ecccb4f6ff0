using System.Text.RegularExpressions;

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

    /// <summary>Those with a key that its integration may not bind, or not any more. Pure.</summary>
    public static IReadOnlyList<EventBinding> Forbidden(IEnumerable<EventBinding> bindings, IEnumerable<IntegrationRights> users)
    {
        var allowed = users.ToDictionary(user => user.Name, user => user.Events, StringComparer.Ordinal);
        return [.. bindings.Where(one => allowed.TryGetValue(one.User, out var events) && !Regex.IsMatch(one.RoutingKey, events))];
    }
}
