using System.Text;
using Kontena.Docker;

namespace Kontena.NodeAgent.Instances;

/// <summary>The end of a container's output, as evidence of why it ended.</summary>
internal static class LastLines
{
    public const int MaxLines = 10;

    /// <summary>Characters over all lines; older lines give way first.</summary>
    public const int MaxText = 2048;

    /// <summary>The engine notes a start when the program has already begun to write.</summary>
    private static readonly TimeSpan StartLag = TimeSpan.FromMilliseconds(500);

    /// <param name="since">When the run began whose end this is: a container that is started again keeps the lines of its earlier runs.</param>
    public static async Task<IReadOnlyList<string>> ReadAsync(
        IContainerEngine engine, string containerId, CancellationToken cancellationToken, DateTimeOffset? since = null)
    {
        try
        {
            var own = since is null ? [] : await TailAsync(engine, containerId, since - StartLag, cancellationToken);
            // Older lines are better evidence than none.
            return own.Count > 0 ? own : await TailAsync(engine, containerId, since: null, cancellationToken);
        }
        catch (EngineException)
        {
            return []; // Its log driver keeps nothing to read, or it has gone: the exit code must do.
        }
    }

    private static async Task<IReadOnlyList<string>> TailAsync(
        IContainerEngine engine, string containerId, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        var lines = new List<string>(MaxLines);
        await foreach (var line in engine.LogsAsync(containerId, since, MaxLines, follow: false, cancellationToken))
            lines.Add(line.Text.TrimEnd());
        return Bound(lines);
    }

    /// <summary>At most ten lines and 2 KB, the newest kept.</summary>
    public static IReadOnlyList<string> Bound(IReadOnlyList<string> lines)
    {
        var kept = new List<string>();
        var room = MaxText;
        foreach (var line in lines.TakeLast(MaxLines).Reverse())
        {
            if (room <= 0)
                break;
            var text = line.Length <= room ? line : "…" + line[^(room - 1)..];
            kept.Add(text);
            room -= text.Length + 1;
        }

        kept.Reverse();
        return kept;
    }

    /// <summary>E.g. <c>exited with code 1 after 0.2 s</c>.</summary>
    public static string Cause(ContainerSight exited)
    {
        var text = exited.OomKilled
            ? $"was killed because it used all its memory (exit code {exited.ExitCode}); raise mem_limit"
            : $"exited with code {exited.ExitCode}";
        return exited is { StartedAt: { } started, FinishedAt: { } finished } && finished > started && finished - started < TimeSpan.FromMinutes(1)
            ? $"{text} after {(finished - started).TotalSeconds:0.0} s"
            : text;
    }

    /// <summary>E.g. <c>exited with code 1 after 0.2 s; its last lines:</c> and the lines.</summary>
    public static string Explain(ContainerSight exited, IReadOnlyList<string> lines)
    {
        var text = new StringBuilder(Cause(exited));
        if (lines.Count == 0)
            return text.Append(" and wrote nothing").ToString();
        return text.Append("; its last lines:\n").AppendJoin('\n', lines).ToString();
    }
}
