using System.Text;

namespace Kontena.Core.Services;

/// <summary>Splits a command as a shell would, without expanding anything (stack-file.md §8.10), and quotes words for one.</summary>
public static class ShellWords
{
    /// <summary>The word as a shell reads it back, in quotes where it needs them.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(one => char.IsAsciiLetterOrDigit(one) || "-_./:=@%+,".Contains(one, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>The words; null when a quote is not closed.</summary>
    public static IReadOnlyList<string>? Split(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var inWord = false;
        for (var at = 0; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '\'':
                    var close = text.IndexOf('\'', at + 1);
                    if (close < 0)
                        return null;
                    word.Append(text, at + 1, close - at - 1);
                    at = close;
                    inWord = true;
                    break;
                case '"':
                    for (at++; at < text.Length && text[at] != '"'; at++)
                    {
                        if (text[at] == '\\' && at + 1 < text.Length && (text[at + 1] is '"' or '\\' or '$' or '`'))
                            at++;
                        word.Append(text[at]);
                    }

                    if (at >= text.Length)
                        return null;
                    inWord = true;
                    break;
                case '\\' when at + 1 < text.Length:
                    word.Append(text[++at]);
                    inWord = true;
                    break;
                case var space when char.IsWhiteSpace(space):
                    if (inWord)
                        words.Add(word.ToString());
                    word.Clear();
                    inWord = false;
                    break;
                case var other:
                    word.Append(other);
                    inWord = true;
                    break;
            }
        }

        if (inWord)
            words.Add(word.ToString());
        return words;
    }
}
