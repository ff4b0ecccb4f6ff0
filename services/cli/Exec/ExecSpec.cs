namespace Kontena.Cli.Exec;

/// <summary>What to run in a container, and how it is wired to this terminal.</summary>
internal sealed record ExecSpec
{
    /// <summary>Path of the container, <c>containers/grid/node/name</c>.</summary>
    public required string Container { get; init; }

    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Pass standard input on.</summary>
    public bool Interactive { get; init; }

    /// <summary>Give the process a terminal.</summary>
    public bool Tty { get; init; }

    /// <summary>Run through <c>/bin/sh -c</c>.</summary>
    public bool Shell { get; init; }

    public string ToPath()
    {
        List<string> query = [];
        if (Interactive) query.Add("interactive=true");
        if (Shell) query.Add("shell=true");
        if (Tty) query.Add("tty=true");
        return $"{Container}/exec{(query.Count == 0 ? "" : $"?{string.Join('&', query)}")}";
    }
}
