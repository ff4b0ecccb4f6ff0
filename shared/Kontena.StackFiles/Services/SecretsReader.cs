using Kontena.Contracts.Services;
using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Services;

/// <summary><c>secrets</c> and <c>certificates</c>: mappings of exactly three texts, every entry checked (stack-file.md §8.4).</summary>
internal static class SecretsReader
{
    public static IReadOnlyList<SecretRequest>? Secrets(Values values) =>
        Read(values, "secrets", "secret")?.Select(entry => new SecretRequest(entry.Subject, entry.Name, entry.Type)).ToList();

    public static IReadOnlyList<CertificateRequest>? Certificates(Values values) =>
        Read(values, "certificates", "subject")?.Select(entry => new CertificateRequest(entry.Subject, entry.Name, entry.Type)).ToList();

    private static List<(string? Subject, string? Name, string? Type)>? Read(Values values, string key, string subject)
    {
        if (values.List(key) is not { } items)
            return null;
        var entries = new List<(string?, string?, string?)>();
        for (var index = 0; index < items.Count; index++)
        {
            var path = $"{key}[{index}]";
            if (items[index] is not YamlMap map)
            {
                values.Error(items[index], path, $"expected a mapping of {subject}, name and type; found {items[index].Kind}");
                continue;
            }

            var entry = new Values(map, values.Path(path), values.Remarks);
            foreach (var other in map.Entries.Where(other => other.Key != subject && other.Key is not ("name" or "type")))
                values.Remarks.Error(other.KeyPlace, entry.Path(other.Key), "is not a known key");
            foreach (var needed in new[] { subject, "name", "type" }.Where(needed => map[needed] is null))
                values.Remarks.Error(map.Place, entry.Path(needed), "is missing");
            entries.Add((entry.Text(subject), entry.Text("name"), entry.Text("type")));
        }

        return entries;
    }
}
