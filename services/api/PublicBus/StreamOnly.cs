namespace Kontena.Api.PublicBus;

/// <summary>Marks a route that only makes sense on a connection that stays open: it can't be asked for over the queue.</summary>
internal sealed record StreamOnly;
