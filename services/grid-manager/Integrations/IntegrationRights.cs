using System.Text.RegularExpressions;
using Kontena.Contracts.Identity;
using Kontena.Contracts.Messaging;
using Names = Kontena.Contracts.Identity.Integrations;

namespace Kontena.GridManager.Integrations;

/// <summary>An integration's user at the broker, and what it may do there. Patterns are the broker's: regular expressions over names of queues, exchanges and routing keys.</summary>
/// <param name="Name">The broker user.</param>
/// <param name="PasswordHash">As <see cref="IntegrationLogin.BrokerPasswordHash"/>.</param>
/// <param name="Configure">Queues it may make and delete: its own.</param>
/// <param name="Write">Its own, which binding them takes, and the exchange of commands. The default exchange is none of them.</param>
/// <param name="Read">Its own, and the exchange of events, which binding to it takes.</param>
/// <param name="Events">With which routing keys it may bind to the events: those of its grids.</param>
internal sealed record IntegrationRights(string Name, string PasswordHash, string Configure, string Write, string Read, string Events)
{
    /// <summary>Those of a connection that broke count until the broker has noticed.</summary>
    public const int MaxConnections = 10;

    public const int MaxChannels = 100;

    /// <summary>No routing key.</summary>
    public const string Nothing = "^$a";

    /// <summary>Whether something that is bound to the events is to be unbound: of its own what it may no longer hear, and whatever leads into the commands. Writing them allows to bind so,
    /// each event would then be a command of nobody, and the binding would outlive whoever made it. Pure.</summary>
    public bool Forbids(string destination, string routingKey) => IsIntoCommands(destination)
        || (destination.StartsWith(Name + ".", StringComparison.Ordinal) && !Regex.IsMatch(routingKey, Events));

    /// <summary>The exchange, and the queue of the same name.</summary>
    public static bool IsIntoCommands(string destination) => destination == Queues.PublicCommands;

    /// <summary>Null when the user is no integration. Pure.</summary>
    public static IntegrationRights? Of(User user)
    {
        if (user.Integration is not { } login)
            return null;
        var own = Regex.Escape(Names.QueuePrefix(login.Name)) + ".+";
        var grids = string.Join('|', user.Grids.Order(StringComparer.Ordinal).Select(Regex.Escape));
        return new IntegrationRights(
            Names.BrokerUser(login.Name), login.BrokerPasswordHash, $"^{own}$", $"^({own}|{Regex.Escape(Queues.PublicCommands)})$", $"^({own}|{Regex.Escape(Queues.Events)})$",
            user.IsMasterAdmin ? "^grid\\." : grids.Length > 0 ? $"^grid\\.({grids})\\." : Nothing);
    }
}

/// <summary>What is to be done so that the broker has the integrations' users.</summary>
/// <param name="Give">Users to make, or to make as they should be.</param>
/// <param name="Revoke">Logins that no integration has.</param>
internal sealed record IntegrationPlan(IReadOnlyList<IntegrationRights> Give, IReadOnlyList<string> Revoke)
{
    /// <summary>Pure. A login that the store does not know is a way in that nobody could close by name: it goes. What it left in its queues stays (law 5).</summary>
    /// <param name="wanted">Of all integrations.</param>
    /// <param name="given">What was given before, as it was.</param>
    /// <param name="seen">Name and hash of the users that the broker has.</param>
    public static IntegrationPlan Of(IReadOnlyList<IntegrationRights> wanted, IReadOnlySet<IntegrationRights> given, IReadOnlyDictionary<string, string> seen)
    {
        var names = wanted.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        return new IntegrationPlan(
            [.. wanted.Where(one => !given.Contains(one) || seen.GetValueOrDefault(one.Name) != one.PasswordHash)],
            [.. seen.Keys.Where(name => !names.Contains(name)).Order(StringComparer.Ordinal)]);
    }
}
