using System.Globalization;
using Kontena.Contracts.Services;
using Kontena.Core.Services;
using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Services;

/// <summary><c>hooks</c> (stack-file.md §8.7).</summary>
internal static class HooksReader
{
    private static readonly string[] Needed = ["name", "cmd", "instances"];

    public static HooksRequest Read(Values values)
    {
        var hooks = values.Mapping("hooks", "pre_build", "pre_start", "post_start", "pre_stop");
        return hooks is null ? new HooksRequest() : new HooksRequest
        {
            PreStart = Stage(hooks, "pre_start"),
            PostStart = Stage(hooks, "post_start"),
            PreStop = Stage(hooks, "pre_stop"),
        };
    }

    /// <summary>Commands to run on this machine before the image is built; they are not part of the payload.</summary>
    public static IReadOnlyList<string> BeforeBuild(YamlMap service) =>
        (service["hooks"] as YamlMap)?["pre_build"] is YamlList list
            ? [.. list.Items.OfType<YamlMap>().Select(hook => (hook["cmd"] as YamlScalar)?.Text).OfType<string>()]
            : [];

    private static List<HookRequest>? Stage(Values hooks, string stage)
    {
        if (hooks.List(stage) is not { } items)
            return null;
        var read = new List<HookRequest>();
        for (var index = 0; index < items.Count; index++)
        {
            var path = $"{stage}[{index}]";
            if (items[index] is not YamlMap map)
            {
                hooks.Error(items[index], path, $"expected a mapping of name, cmd and instances; found {items[index].Kind}");
                continue;
            }

            var entry = new Values(map, hooks.Path(path), hooks.Remarks);
            foreach (var other in map.Entries.Where(other => other.Key is not ("name" or "cmd" or "instances" or "oneshot" or "timeout")))
                hooks.Remarks.Error(other.KeyPlace, entry.Path(other.Key), "is not a known key");
            foreach (var needed in Needed.Where(needed => map[needed] is null))
                hooks.Remarks.Error(map.Place, entry.Path(needed), "is missing");
            var instances = entry.TextOrNumber("instances");
            if (instances is not null && instances != "*" && !instances.Split(',').All(part => part.Length > 0 && part.Trim().All(char.IsAsciiDigit)))
                entry.Error(map["instances"]!, "instances", $"expected * or instance numbers separated by commas, found '{instances}'");
            read.Add(new HookRequest
            {
                Name = entry.Text("name"), Cmd = entry.Text("cmd"), Instances = instances, Oneshot = entry.Boolean("oneshot"),
                Timeout = Seconds(entry, "timeout"),
            });
        }

        return read;
    }

    private static int? Seconds(Values hook, string key)
    {
        if (hook.Map[key] is not { } node)
            return null;
        if (node is YamlScalar scalar && DurationSeconds(scalar.Text) is { } seconds and >= 1 and <= 3600)
            return seconds;
        hook.Error(node, key, $"expected 1 to 3600 seconds, as a number or a duration such as 90s or 5m; found {Values.Describe(node)}");
        return null;
    }

    private static int? DurationSeconds(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : DurationText.TryParse(text, out var seconds) ? seconds
        : null;
}
