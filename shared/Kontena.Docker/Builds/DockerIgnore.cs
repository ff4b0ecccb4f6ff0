using System.Text;
using System.Text.RegularExpressions;

namespace Kontena.Docker.Builds;

/// <summary>
/// The rules of a <c>.dockerignore</c>: one pattern a line, <c>#</c> comments, <c>!</c> takes back, the last match decides, and what
/// holds for a directory holds for all in it. <c>*</c> and <c>?</c> stay within a name, <c>**</c> goes through directories.
/// </summary>
internal sealed class DockerIgnore
{
    public const string FileName = ".dockerignore";

    private const int MaxBytes = 1024 * 1024;
    private const int MaxPatterns = 5000;

    private readonly List<(Regex Pattern, bool Include)> _rules;

    private DockerIgnore(List<(Regex, bool)> rules) => _rules = rules;

    public static DockerIgnore None { get; } = new([]);

    /// <summary>Some rule takes paths back, so that an ignored directory may still hold a wanted file.</summary>
    public bool TakesBack => _rules.Any(rule => rule.Include);

    public static DockerIgnore Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path)) return None;
        if (new FileInfo(path).Length > MaxBytes) throw new BuildContextException($"{path} is over the limit of {MaxBytes / 1024} KiB.");
        return Parse(File.ReadAllText(path), path);
    }

    public static DockerIgnore Parse(string text, string source = FileName)
    {
        var rules = new List<(Regex, bool)>();
        var number = 0;
        foreach (var raw in text.TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            if (raw.StartsWith('#')) continue;
            var line = raw.Trim();
            var include = line.StartsWith('!');
            if (include) line = line[1..].Trim();
            var pattern = Clean(line);
            if (pattern.Length == 0) continue;
            if (rules.Count == MaxPatterns) throw new BuildContextException($"{source} has more than {MaxPatterns} patterns.");
            try
            {
                // Not backtracking: no pattern of a stranger's repository makes matching slow.
                rules.Add((new Regex(Translate(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), include));
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                throw new BuildContextException($"{source}:{number}: '{line}' is not a pattern ({e.Message}).");
            }
        }

        return new DockerIgnore(rules);
    }

    /// <param name="path">Relative to the context, with <c>/</c>.</param>
    public bool Ignores(string path)
    {
        var ignored = false;
        foreach (var (pattern, include) in _rules)
            if (ignored == include && MatchesItOrAParent(pattern, path)) ignored = !include;
        return ignored;
    }

    private static bool MatchesItOrAParent(Regex pattern, string path)
    {
        if (pattern.IsMatch(path)) return true;
        for (var slash = path.IndexOf('/'); slash > 0; slash = path.IndexOf('/', slash + 1))
            if (pattern.IsMatch(path.AsSpan(0, slash))) return true;
        return false;
    }

    /// <summary>Without <c>.</c>, <c>..</c> and needless slashes; empty when it names the context itself or what lies above.</summary>
    private static string Clean(string pattern)
    {
        var parts = new List<string>();
        foreach (var part in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".") continue;
            if (part != "..") parts.Add(part);
            else if (parts.Count > 0) parts.RemoveAt(parts.Count - 1);
        }

        return string.Join('/', parts);
    }

    private static string Translate(string pattern)
    {
        var regex = new StringBuilder("^");
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '*' when i + 1 < pattern.Length && pattern[i + 1] == '*':
                    i++;
                    if (i + 1 < pattern.Length && pattern[i + 1] == '/') i++;
                    regex.Append(i + 1 == pattern.Length ? ".*" : "(.*/)?");
                    break;
                case '*':
                    regex.Append("[^/]*");
                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case '[' when pattern.IndexOf(']', i + 1) is > 0 and var close:
                    regex.Append('[').Append(pattern[(i + 1)..close].Replace("\\", "\\\\")).Append(']');
                    i = close;
                    break;
                case '\\' when i + 1 < pattern.Length:
                    regex.Append(Regex.Escape(pattern[++i].ToString()));
                    break;
                default:
                    regex.Append(Regex.Escape(pattern[i].ToString()));
                    break;
            }
        }

        return regex.Append('$').ToString();
    }
}
