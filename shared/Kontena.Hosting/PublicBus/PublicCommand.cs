namespace Kontena.Hosting.PublicBus;

/// <summary>A message from <c>kontena.commands</c>, as the broker handed it over.</summary>
/// <param name="User">Who sent it, as the broker has checked; null when the sender did not say.</param>
/// <param name="ReplyTo">The queue for the answer.</param>
/// <param name="CorrelationId">Goes back with the answer.</param>
/// <param name="IsRedelivered">It was handed over before, and what became of it then is not known.</param>
public sealed record PublicCommand(string? User, string? ReplyTo, string? CorrelationId, bool IsRedelivered, ReadOnlyMemory<byte> Body);

/// <summary>What becomes of one: an answer, or a reason to lay it aside.</summary>
/// <param name="Answer">Sent to <see cref="PublicCommand.ReplyTo"/>; null when nobody waits for one, or nobody may be answered.</param>
/// <param name="LaidAside">Why nobody could be told; null when that is as the sender wished.</param>
public sealed record PublicAnswer(byte[]? Answer, string? LaidAside);

/// <summary>Carries one out. Must not throw for what the message says.</summary>
public delegate Task<PublicAnswer> CarryOut(PublicCommand command, CancellationToken cancellationToken);
