namespace Kontena.Simulation.Tests.Platform;

/// <summary>A message in a queue of the broker.</summary>
/// <param name="Number">Its place in the order of arrival; it comes back to it when it is given back.</param>
/// <param name="Message">What was sent. Never changed by anybody.</param>
/// <param name="Reply">Takes the answer, for who waits for one.</param>
/// <param name="ExpiresAt">Ticks; a request is not worked any more when nobody waits for its answer.</param>
internal sealed record Letter(long Number, object Message, Action<object>? Reply, long ExpiresAt);

/// <summary>The consumer gives the letter back: the broker decides anew who reads it.</summary>
internal sealed class GivenBackException : Exception;
