using System.Text;
using System.Text.RegularExpressions;

namespace Kontena.Cli.Builds;

/// <summary>What a <c>.dockerignore</c> leaves out of a build. The last rule that matches decides; <c>!</c> takes back in.</summary>
internal sealed class IgnoreRules
{
    private readonly List<(Regex Pattern, bool Include)> rules = [];

    public static IgnoreRules None { get; } = new();

    public static IgnoreRules Parse(string text)
    {
        var parsed = new IgnoreRules();
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            var include = line[0] == '!';
            var pattern = (include ? line[1..] : line).Trim().Trim('/');
            if (pattern.StartsWith("./", StringComparison.Ordinal)) pattern = pattern[2..];
            if (pattern.Length > 0) parsed.rules.Add((ToRegex(pattern), include));
        }

        return parsed;
    }

    /// <summary>Whether something inside an ignored directory may be taken back in.</summary>
    public bool HasExceptions => rules.Exists(rule => rule.Include);

    /// <param name="path">Relative to the context, with slashes.</param>
    public bool Ignores(string path)
    {
        var ignored = false;
        foreach (var (pattern, include) in rules)
            if (pattern.IsMatch(path)) ignored = !include;
        return ignored;
    }

    /// <summary>A pattern also covers everything below what it names.</summary>
    private static Regex ToRegex(string pattern)
    {
        var regex = new StringBuilder("^");
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '*' when i + 1 < pattern.Length && pattern[i + 1] == '*':
                    i++;
                    if (i + 1 < pattern.Length && pattern[i + 1] == '/')
                    {
                        i++;
                        regex.Append("(?:.*/)?");
                    }
                    else
                    {
                        regex.Append(".*");
                    }

                    break;
                case '*':
                    regex.Append("[^/]*");
                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case var character:
                    regex.Append(Regex.Escape(character.ToString()));
                    break;
            }
        }

        // Without backtracking no pattern can make a match take long.
        return new Regex(regex.Append("(?:/.*)?$").ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }
}
