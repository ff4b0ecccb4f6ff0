namespace Kontena.Cli;

/// <summary>A failure a person can act on. Printed as <c> [error] message</c> and the lines below it, exit code 1.</summary>
/// <param name="message">The cause, in one sentence.</param>
/// <param name="details">Printed as they are, one per line, below the message.</param>
/// <param name="remedy">What to do about it; printed last.</param>
internal class CliException(string message, IReadOnlyList<string>? details = null, string? remedy = null) : Exception(message)
{
    public IReadOnlyList<string> Details { get; } = details ?? [];

    public string? Remedy { get; } = remedy;
}

/// <summary>The command line itself is wrong. Printed as <c>ERROR: message</c> with a pointer to the help.</summary>
internal sealed class UsageException(string message) : CliException(message);

/// <summary>A question was answered with no.</summary>
internal sealed class AbortedException(string message) : CliException(message);
