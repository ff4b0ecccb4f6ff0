namespace Kontena.State.Outbox;

/// <summary>Marks what this process committed, so that its own relay sends it and the others wait.</summary>
internal sealed record OutboxOrigin(string Value);
