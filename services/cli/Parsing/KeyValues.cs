namespace Kontena.Cli.Parsing;

/// <summary>Repeated <c>K=V</c> options as a dictionary; split at the first <c>=</c>.</summary>
internal static class KeyValues
{
    public static Dictionary<string, string> Of(IEnumerable<string> pairs, string option)
    {
        var values = new Dictionary<string, string>();
        foreach (var pair in pairs)
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) throw new UsageException($"option '{option}': invalid value '{pair}', expected KEY=VALUE");
            values[pair[..at]] = pair[(at + 1)..];
        }

        return values;
    }
}
