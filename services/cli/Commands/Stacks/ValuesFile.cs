using System.Text;
using System.Text.Json;
using Kontena.Cli.Output;

namespace Kontena.Cli.Commands.Stacks;

/// <summary>Values of stack variables as a YAML mapping (cli.md §8.1).</summary>
internal static class ValuesFile
{
    /// <summary>The variables of an installed stack, as text.</summary>
    public static IReadOnlyDictionary<string, string> Of(JsonElement? variables)
    {
        var values = new Dictionary<string, string>();
        if (variables is not { ValueKind: JsonValueKind.Object } map) return values;
        foreach (var member in map.EnumerateObject())
            if (member.Value.ValueKind != JsonValueKind.Null) values[member.Name] = JsonText.Compact(member.Value);
        return values;
    }

    public static string Text(IReadOnlyDictionary<string, string> values)
    {
        if (values.Count == 0) return "--- {}\n";
        var text = new StringBuilder("---\n");
        foreach (var (key, value) in values) text.Append(key).Append(": ").Append(YamlText.Scalar(value)).Append('\n');
        return text.ToString();
    }

    public static async Task WriteAsync(
        CliEnvironment environment, string file, IReadOnlyDictionary<string, string> values, CancellationToken cancellationToken)
    {
        try
        {
            await File.WriteAllTextAsync(Path.Combine(environment.WorkingDirectory, file), Text(values), cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"Cannot write the values to {file}: {error.Message}");
        }
    }
}
