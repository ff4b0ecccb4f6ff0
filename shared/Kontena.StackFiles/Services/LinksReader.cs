using Kontena.Contracts.Services;
using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Services;

/// <summary><c>links</c>, <c>depends_on</c> and <c>external_links</c> (stack-file.md §8.3).</summary>
internal static class LinksReader
{
    public static IReadOnlyList<LinkRequest> Links(Values values) =>
        [.. Read(values, "links").Concat(Read(values, "depends_on")).Distinct()];

    public static IReadOnlyList<LinkRequest> External(Values values) => [.. Read(values, "external_links")];

    private static List<LinkRequest> Read(Values values, string key)
    {
        var links = new List<LinkRequest>();
        var items = values.Map[key] is YamlMap map && key == "depends_on"
            ? [.. map.Entries.Select(entry => new YamlScalar(entry.KeyPlace, entry.Key, Plain: false))]
            : values.List(key) ?? [];
        for (var index = 0; index < items.Count; index++)
        {
            if (Link(items[index]) is { } link)
                links.Add(link);
            else
                values.Error(items[index], $"{key}[{index}]", $"expected service, service:alias or stack/service:alias, found {Values.Describe(items[index])}");
        }

        return links;
    }

    private static LinkRequest? Link(YamlNode node)
    {
        switch (node)
        {
            case YamlScalar { IsNull: false } scalar when scalar.Text.Trim().Length > 0:
                var parts = scalar.Text.Split(':');
                return parts[0].Length == 0 ? null : new LinkRequest(parts[0], parts.Length > 1 && parts[1].Length > 0 ? parts[1] : parts[0]);
            case YamlMap map when map["name"] is YamlScalar name:
                return new LinkRequest(name.Text, map["alias"] is YamlScalar alias ? alias.Text : name.Text);
            default:
                return null;
        }
    }
}
