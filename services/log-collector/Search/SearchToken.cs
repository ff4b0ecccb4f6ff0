namespace Kontena.LogCollector.Search;

internal enum SearchTokenKind
{
    Word,
    Phrase,
    And,
    Or,
    Not,
    Open,
    Close,
}

/// <param name="Kind">What it is.</param>
/// <param name="Text">Of a word or phrase, without quotes.</param>
/// <param name="Position">Of its first character, from 1.</param>
internal sealed record SearchToken(SearchTokenKind Kind, string Text, int Position)
{
    /// <returns>The tokens; or, for a quote that is not closed, null and its position.</returns>
    public static (IReadOnlyList<SearchToken>? Tokens, int Unclosed) Split(string text)
    {
        var tokens = new List<SearchToken>();
        var i = 0;
        while (i < text.Length)
        {
            var start = i;
            switch (text[i])
            {
                case var blank when char.IsWhiteSpace(blank):
                    i++;
                    break;
                case '(' or ')':
                    tokens.Add(new SearchToken(text[i] == '(' ? SearchTokenKind.Open : SearchTokenKind.Close, "", ++i));
                    break;
                case '-' when i + 1 < text.Length && !char.IsWhiteSpace(text[i + 1]) && (i == 0 || char.IsWhiteSpace(text[i - 1]) || text[i - 1] == '('):
                    tokens.Add(new SearchToken(SearchTokenKind.Not, "", ++i));
                    break;
                case '"':
                    var end = text.IndexOf('"', i + 1);
                    if (end < 0)
                        return (null, start + 1);
                    tokens.Add(new SearchToken(SearchTokenKind.Phrase, text[(i + 1)..end], start + 1));
                    i = end + 1;
                    break;
                default:
                    while (i < text.Length && !char.IsWhiteSpace(text[i]) && text[i] is not ('(' or ')' or '"'))
                        i++;
                    tokens.Add(Word(text[start..i], start + 1));
                    break;
            }
        }

        return (tokens, 0);
    }

    private static SearchToken Word(string word, int position) => word switch
    {
        "AND" => new SearchToken(SearchTokenKind.And, "", position),
        "OR" => new SearchToken(SearchTokenKind.Or, "", position),
        "NOT" => new SearchToken(SearchTokenKind.Not, "", position),
        _ => new SearchToken(SearchTokenKind.Word, word, position),
    };
}
