namespace Kontena.Cli.Parsing;

/// <summary>A name in the command tree: a group or a command. Cheap to make; the command's options are only built when it runs.</summary>
internal abstract record CommandEntry(string Name, string Description)
{
    /// <summary>Other names; the tree is printed with <see cref="Name"/>.</summary>
    public string[] Aliases { get; init; } = [];

    /// <summary>Works, but is not listed.</summary>
    public bool Hidden { get; init; }

    public bool Answers(string word) => word == Name || Array.IndexOf(Aliases, word) >= 0;
}

/// <summary>Commands under one noun.</summary>
/// <param name="Children">Called when somebody looks inside.</param>
internal sealed record GroupEntry(string Name, string Description, Func<CommandEntry[]> Children) : CommandEntry(Name, Description);

/// <summary>One command.</summary>
/// <param name="Example">A line that works as it stands, without the leading <c>kontena</c>; shown in the help.</param>
/// <param name="Create">Builds the command with its options.</param>
internal sealed record LeafEntry(string Name, string Description, string Example, Func<CommandBody> Create) : CommandEntry(Name, Description);
