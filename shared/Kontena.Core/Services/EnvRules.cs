namespace Kontena.Core.Services;

/// <summary>Environment entries: <c>KEY=value</c>, at most 128 KiB each (rest-api.md §12.3).</summary>
internal static class EnvRules
{
    private const int MaxLength = 131_072;

    /// <summary>An entry with an empty value takes the value stored for its key, if there is one.</summary>
    public static IReadOnlyList<string> Read(IReadOnlyList<string> env, IReadOnlyList<string> stored, FieldErrors errors)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in stored)
            known[KeyOf(entry)] = entry;

        var read = new List<string>(env.Count);
        for (var index = 0; index < env.Count; index++)
        {
            if (env[index] is not { } entry)
                errors.Reason("can't be nil", "env", FieldErrors.At(index));
            else if (entry.IndexOf('=') < 1 || entry.Contains('\0'))
                errors.Reason("isn't in the right format: KEY=value is expected", "env", FieldErrors.At(index));
            else if (entry.Length > MaxLength)
                errors.Reason("is too long", "env", FieldErrors.At(index));
            else
                read.Add(entry[^1] == '=' && entry.IndexOf('=') == entry.Length - 1 ? known.GetValueOrDefault(KeyOf(entry), entry) : entry);
        }

        return read;
    }

    private static string KeyOf(string entry) => entry.IndexOf('=') is var at and >= 0 ? entry[..at] : entry;
}
