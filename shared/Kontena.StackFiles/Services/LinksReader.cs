using Kontena.Contracts.Services;
using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Services;

/// <summary><c>links</c>, <c>depends_on</c> and <c>external_links</c> (stack-file.md §8.3).</summary>
internal static class LinksReader
{
    public static IReadOnlyList<LinkRequest> Links(Values values) =>
        [.. Read(values, "links").Concat(Read(values, "depends_on")).Distinct()];

    public static IReadOnlyList<LinkRequest> External(Values values) => [.. Read(values, "external_links")];

    /// <summary>The conditions of <c>depends_on</c>, in our words and in docker-compose's; null without any.</summary>
    public static IReadOnlyList<DependencyRequest>? Dependencies(Values values)
    {
        if (values.Map["depends_on"] is not YamlMap map)
            return null;
        var read = new List<DependencyRequest>();
        foreach (var entry in map.Entries)
        {
            var written = entry.Value is YamlMap options ? options["condition"] : entry.Value;
            if (written is null or YamlScalar { IsNull: true })
                continue;
            var path = $"depends_on.{entry.Key}.condition";
            switch ((written as YamlScalar)?.Text)
            {
                case "started" or "service_started":
                    break;
                case "healthy" or "service_healthy":
                    read.Add(new DependencyRequest(entry.Key, "healthy"));
                    break;
                case "completed" or "service_completed_successfully":
                    read.Add(new DependencyRequest(entry.Key, "completed"));
                    break;
                default:
                    values.Error(written, path, $"expected started, healthy or completed, found {Values.Describe(written)}");
                    break;
            }
        }

        return read.Count == 0 ? null : read;
    }

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
