namespace Kontena.Hosting.DeadLetters;

/// <summary>The messages that could not be worked off, for a person to read and to send on their way again.</summary>
public interface IDeadLetters
{
    /// <summary>The queues that hold any, by name; each with its oldest <paramref name="letters"/> (0 to 100). Reading takes nothing away.</summary>
    /// <param name="also">Queues to look at beside those that are known, e.g. <c>node-…</c> when the broker's management API is not configured.</param>
    /// <exception cref="DeadLettersUnavailableException">The broker can't be asked.</exception>
    Task<IReadOnlyList<DeadLetterQueue>> ListAsync(int letters, IReadOnlyList<string> also, CancellationToken cancellationToken);

    /// <summary>Sends up to <paramref name="limit"/> (1 to 1000) messages of <c>&lt;queue&gt;_error</c> or <c>_skipped</c> back to their queue, oldest first.</summary>
    /// <remarks>Each is removed only after the broker has confirmed its copy: ended in between, one may be sent twice, none is lost.</remarks>
    /// <returns>Null when there is no such queue.</returns>
    /// <exception cref="DeadLettersUnavailableException">The broker can't be asked.</exception>
    Task<ReplayResult?> ReplayAsync(string queue, int limit, CancellationToken cancellationToken);
}

/// <summary>The broker can't be asked for its dead letters now; the sentence says why.</summary>
public sealed class DeadLettersUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
