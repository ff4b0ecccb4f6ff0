namespace Kontena.LogCollector.Search;

/// <summary>Reads what a person types: words, "phrases", begin*, AND (also by standing side by side), OR, NOT or -word, parentheses.</summary>
internal sealed class SearchParser
{
    public const int LongestText = 1000;
    public const int MostTokens = 64;
    public const int DeepestNesting = 16;

    private readonly IReadOnlyList<SearchToken> _tokens;
    private int _next;
    private int _depth;

    private SearchParser(IReadOnlyList<SearchToken> tokens) => _tokens = tokens;

    public static SearchResult Parse(string text)
    {
        if (text.Length > LongestText)
            return Fail($"the search is over {LongestText} characters");
        var (tokens, unclosed) = SearchToken.Split(text);
        if (tokens is null)
            return Fail($"the quote at character {unclosed} is not closed");
        if (tokens.Count > MostTokens)
            return Fail($"the search has over {MostTokens} words and signs");

        var parser = new SearchParser(tokens);
        try
        {
            var node = parser.ReadAny();
            return parser.Peek is { } left
                ? Fail($"nothing is open that the parenthesis at character {left.Position} could close")
                : new SearchResult(node, null);
        }
        catch (SearchSyntaxException exception)
        {
            return Fail(exception.Message);
        }
    }

    private SearchToken? Peek => _next < _tokens.Count ? _tokens[_next] : null;

    private SearchNode ReadAny()
    {
        var options = new List<SearchNode> { ReadAll() };
        while (Peek?.Kind == SearchTokenKind.Or)
        {
            _next++;
            options.Add(ReadAll());
        }

        return options is [var only] ? only : new SearchNode.Any(options);
    }

    private SearchNode ReadAll()
    {
        var (wanted, unwanted) = (new List<SearchNode>(), new List<SearchNode>());
        while (Peek is { Kind: not (SearchTokenKind.Or or SearchTokenKind.Close) } token)
        {
            if (token.Kind == SearchTokenKind.And)
            {
                if (wanted.Count + unwanted.Count == 0)
                    throw new SearchSyntaxException($"AND at character {token.Position} needs something before it");
                _next++;
                if (Peek is null or { Kind: SearchTokenKind.And or SearchTokenKind.Or or SearchTokenKind.Close })
                    throw new SearchSyntaxException($"AND at character {token.Position} needs something after it");
                continue;
            }

            var negated = token.Kind == SearchTokenKind.Not;
            if (negated)
                _next++;
            (negated ? unwanted : wanted).Add(ReadOne(token));
        }

        if (wanted.Count == 0)
        {
            throw new SearchSyntaxException(unwanted.Count > 0
                ? "a search needs at least one word to look for beside those to leave out"
                : Peek is { } token ? $"a word is missing before character {token.Position}" : "the search ends where a word is expected");
        }

        return wanted is [var only] && unwanted.Count == 0 ? only : new SearchNode.All(wanted, unwanted);
    }

    private SearchNode ReadOne(SearchToken from)
    {
        var token = Peek ?? throw new SearchSyntaxException($"NOT at character {from.Position} needs something after it");
        _next++;
        switch (token.Kind)
        {
            case SearchTokenKind.Open:
                if (++_depth > DeepestNesting)
                    throw new SearchSyntaxException($"parentheses go over {DeepestNesting} deep");
                var inner = ReadAny();
                if (Peek?.Kind != SearchTokenKind.Close)
                    throw new SearchSyntaxException($"the parenthesis at character {token.Position} is not closed");
                _next++;
                _depth--;
                return inner;
            case SearchTokenKind.Word or SearchTokenKind.Phrase:
                var prefix = token.Kind == SearchTokenKind.Word && token.Text.EndsWith('*');
                var text = prefix ? token.Text[..^1] : token.Text;
                if (!text.Any(char.IsLetterOrDigit))
                    throw new SearchSyntaxException($"what stands at character {token.Position} has no letter or digit to search for");
                return new SearchNode.Phrase(text, prefix);
            default:
                throw new SearchSyntaxException($"a word is expected at character {token.Position}");
        }
    }

    private static SearchResult Fail(string reason) => new(null, reason);

    private sealed class SearchSyntaxException(string message) : Exception(message);
}

/// <summary>Exactly one of the two is set.</summary>
internal sealed record SearchResult(SearchNode? Node, string? Error);
