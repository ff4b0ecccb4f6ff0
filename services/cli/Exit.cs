namespace Kontena.Cli;

/// <summary>What the process answers to its caller (cli.md §3). The exit code of an <c>exec</c> is the command's own.</summary>
internal static class Exit
{
    public const int Done = 0;

    /// <summary>Anything that did not work: usage, refusal, failed deploy, unreachable master, time-out.</summary>
    public const int Failed = 1;

    /// <summary>Interrupted by Ctrl-C: 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
