namespace Kontena.LogCollector.Search;

/// <summary>What a line's text must contain, as a tree that any engine's query can be made from.</summary>
internal abstract record SearchNode
{
    private SearchNode()
    {
    }

    /// <param name="Text">A word or several in a row; has at least one letter or digit.</param>
    /// <param name="Prefix">The last word need only begin so.</param>
    public sealed record Phrase(string Text, bool Prefix = false) : SearchNode;

    /// <param name="Wanted">All of these; never empty.</param>
    /// <param name="Unwanted">None of these.</param>
    public sealed record All(IReadOnlyList<SearchNode> Wanted, IReadOnlyList<SearchNode> Unwanted) : SearchNode;

    /// <summary>At least one of these; two or more.</summary>
    public sealed record Any(IReadOnlyList<SearchNode> Options) : SearchNode;
}
