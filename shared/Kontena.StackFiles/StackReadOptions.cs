namespace Kontena.StackFiles;

/// <summary>What the reader may know of the world: everything comes in here, so that reading is a pure function.</summary>
public sealed record StackReadOptions
{
    /// <summary>The name to install under; null: the file's own.</summary>
    public string? Name { get; init; }
    public required string Grid { get; init; }

    /// <summary>Null: the grid.</summary>
    public string? Platform { get; init; }

    /// <summary>Values given on the command line; they win over everything the file says.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    /// <summary>Answers of an installed revision; they take the place of defaults.</summary>
    public IReadOnlyDictionary<string, string> Remembered { get; init; } = new Dictionary<string, string>();

    /// <summary>The process environment; null for a name that is not set.</summary>
    public required Func<string, string?> Environment { get; init; }
    public required IFileReader Files { get; init; }

    /// <summary>Somebody who can be asked; null when nobody can.</summary>
    public IStackQuestions? Questions { get; init; }

    /// <summary>For <c>from: random_…</c>; a seeded one makes the result repeatable.</summary>
    public Random Random { get; init; } = Random.Shared;
}

/// <summary>Files by path; relative paths are relative to the working directory.</summary>
public interface IFileReader
{
    /// <summary>The text, or null when there is no such file.</summary>
    /// <exception cref="InvalidDataException">The file is over <see cref="Yaml.YamlLimits.FileBytes"/> or can't be read; the message says why.</exception>
    string? ReadText(string path);
}

/// <summary>Asks a person for the value of a variable.</summary>
public interface IStackQuestions
{
    /// <summary>The answer, or null for none.</summary>
    string? Ask(VariableQuestion question);
}

/// <param name="Text">The question, ready to print.</param>
/// <param name="Options">The choices of an enum; empty for free text.</param>
/// <param name="Secret">Do not echo.</param>
public sealed record VariableQuestion(string Name, string Text, string? Default, IReadOnlyList<string> Options, bool Secret);
