using System.Text.RegularExpressions;

namespace Kontena.StackFiles.Substitution;

/// <summary><c>%{project}</c> and <c>%{grid}</c> of the 2015 form (stack-file.md §17.2), where a service was called <c>project-service</c>.</summary>
internal static partial class ProjectPlaceholder
{
    /// <summary>Host names made from the placeholder become the names that services have in a stack.</summary>
    public static string Replace(string text, string project, string grid)
    {
        if (!text.Contains("%{", StringComparison.Ordinal))
            return text;
        text = HostName().Replace(text, match => $"{match.Groups["service"].Value}.{project}.{grid}.kontena.local");
        return text
            .Replace("%{project}", project, StringComparison.Ordinal)
            .Replace("%{prefix}", project, StringComparison.Ordinal)
            .Replace("%{grid}", grid, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"%\{(?:project|prefix)\}-(?<service>[A-Za-z0-9_-]+)(?:\.%\{grid\})?\.kontena\.local", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HostName();
}
