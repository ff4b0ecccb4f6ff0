using System.Text;

namespace Kontena.Scheduler.InstanceSpecs;

/// <summary>Splits a command line into words as a shell would: spaces, single and double quotes, backslashes. Nothing is
/// expanded.</summary>
internal static class ShellWords
{
    public static IReadOnlyList<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var inWord = false;
        var quote = '\0';
        for (var at = 0; at < line.Length; at++)
        {
            var character = line[at];
            if (quote == '\'' && character != '\'')
            {
                word.Append(character);
            }
            else if (character == '\\' && at + 1 < line.Length && (quote == '\0' || line[at + 1] is '"' or '\\'))
            {
                word.Append(line[++at]);
                inWord = true;
            }
            else if (quote != '\0' && character == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && character is '\'' or '"')
            {
                quote = character;
                inWord = true;
            }
            else if (quote == '\0' && char.IsWhiteSpace(character))
            {
                if (inWord)
                    words.Add(word.ToString());
                word.Clear();
                inWord = false;
            }
            else
            {
                word.Append(character);
                inWord = true;
            }
        }

        if (inWord)
            words.Add(word.ToString());
        return words;
    }
}
