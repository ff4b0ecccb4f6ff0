namespace Kontena.Scheduler.Events;

/// <summary>How services are called in messages of events, as the original calls them.</summary>
internal static class EventNames
{
    /// <summary><c>stack/service</c>, or <c>service</c> without a stack.</summary>
    public static string Service(string stack, string service) => stack == Contracts.Services.Service.NoStack ? service : $"{stack}/{service}";
}
