namespace Kontena.Contracts.Events;

/// <summary>Something that happened in a grid, in a sentence (rest-api.md §19.5). Names, numbers and reasons: never a token, a secret or what a container wrote.</summary>
public sealed record GridEvent
{
    /// <summary>Characters of <see cref="Message"/>; longer ones are cut.</summary>
    public const int LongestMessage = 500;

    private const string BeforeLines = "; its last lines:";

    public required string Grid { get; init; }

    /// <summary>One of <see cref="EventTypes"/>. Readers must take types that they do not know.</summary>
    public required string Type { get; init; }

    /// <summary>One of <see cref="EventSeverity"/>.</summary>
    public required int Severity { get; init; }
    public required string Message { get; init; }

    /// <summary>The stack's name; <c>null</c> as text for services of no stack, null when no stack is concerned.</summary>
    public string? Stack { get; init; }

    /// <summary>The service's name, without its stack.</summary>
    public string? Service { get; init; }

    /// <summary>The number of the instance, from 1.</summary>
    public int? Instance { get; init; }
    public string? Volume { get; init; }

    /// <summary>The node's name.</summary>
    public string? Node { get; init; }

    /// <summary>The first line of a text and not more of it than fits: what follows in reasons is what a container wrote, and that is not ours to spread.</summary>
    public static string Brief(string text)
    {
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        var line = (end < 0 ? text : text[..end]).TrimEnd();
        if (line.EndsWith(BeforeLines, StringComparison.Ordinal))
            line = line[..^BeforeLines.Length];
        return line.Length <= LongestMessage ? line : string.Concat(line.AsSpan(0, LongestMessage - 1), "…");
    }
}
