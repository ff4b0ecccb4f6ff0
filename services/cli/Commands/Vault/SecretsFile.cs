using System.Text;
using System.Text.Json;
using Kontena.Core.Vault;
using Kontena.StackFiles;

namespace Kontena.Cli.Commands.Vault;

/// <summary>What a file of secrets asks for: names with values to be kept, and names to be removed. Pure.</summary>
/// <param name="Writes">In the order of the file; values as they are written there.</param>
internal sealed record SecretsFile(IReadOnlyList<KeyValuePair<string, string>> Writes, IReadOnlyList<string> Removals)
{
    /// <param name="text">YAML, or JSON.</param>
    /// <param name="file">For the mistakes.</param>
    /// <exception cref="CliException">With every mistake, and no value.</exception>
    public static SecretsFile Read(string text, string file, bool json, bool emptyIsNull, bool skipNull)
    {
        var values = json ? ReadJson(text, file) : ReadYaml(text, file);
        List<KeyValuePair<string, string>> writes = [];
        List<string> removals = [];
        List<string> mistakes = [];
        foreach (var (name, value) in values)
        {
            if (!SecretRules.IsName(name))
                mistakes.Add($"{name}: a secret's name has {SecretRules.NameForm}");
            else if (value is null || (emptyIsNull && value.Length == 0))
                removals.Add(name);
            else if (string.IsNullOrWhiteSpace(value))
                mistakes.Add($"{name}: the value is blank; with --empty-is-null an empty one removes the secret");
            else if (SecretRules.IsTooLarge(value))
                mistakes.Add($"{name}: the value has {Encoding.UTF8.GetByteCount(value)} bytes, at most {SecretRules.LargestValue} are possible");
            else
                writes.Add(new(name, value));
        }

        if (mistakes.Count > 0) throw Unfit(file, mistakes);
        return new SecretsFile(writes, skipNull ? [] : removals);
    }

    private static IReadOnlyDictionary<string, string?> ReadYaml(string text, string file)
    {
        var mistakes = StackValues.ReadWithNulls(text, file, out var values);
        return values ?? throw Unfit(file, [.. mistakes.Select(mistake => mistake.ToString())]);
    }

    private static Dictionary<string, string?> ReadJson(string text, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw Unfit(file, [$"expected an object of names and values, found {KindOf(document.RootElement)}"]);
            var values = new Dictionary<string, string?>();
            List<string> mistakes = [];
            foreach (var member in document.RootElement.EnumerateObject())
            {
                switch (member.Value.ValueKind)
                {
                    case JsonValueKind.String: values[member.Name] = member.Value.GetString(); break;
                    case JsonValueKind.Null: values[member.Name] = null; break;
                    case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False: values[member.Name] = member.Value.GetRawText(); break;
                    default: mistakes.Add($"{member.Name}: expected a single value, found {KindOf(member.Value)}"); break;
                }
            }

            return mistakes.Count == 0 ? values : throw Unfit(file, mistakes);
        }
        catch (JsonException problem)
        {
            // Its message may quote the file.
            throw Unfit(file, [$"this is not valid JSON, from line {problem.LineNumber + 1} on"]);
        }
    }

    private static string KindOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => "a single value",
    };

    private static CliException Unfit(string file, IReadOnlyList<string> mistakes) => new($"{file} is not a file of secrets:", [.. mistakes.Select(mistake => $"\t{mistake}")]);
}
