using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Extending;

/// <summary><c>build</c> as a mapping of context, dockerfile and args, whichever way it was written (stack-file.md §9).</summary>
internal static class BuildForm
{
    public static YamlNode WithOpenablePaths(YamlNode build, YamlMap service, LoadedFile file, Func<string, string?> environment)
    {
        if (build is YamlScalar { AsNumber: null, AsBoolean: null } folder)
        {
            build = new YamlMap(build.Place, [new YamlEntry("context", build.Place, folder)]);
            if (service["dockerfile"] is { } dockerfile)
                build = ((YamlMap)build).With("dockerfile", dockerfile);
        }

        if (build is not YamlMap map)
            return build;
        if (map["context"] is YamlScalar context)
            map = map.With("context", context with { Text = file.Resolve(context.Text), Plain = false });
        return map["args"] is { } args && Arguments(args, environment) is { } entries
            ? map.With("args", new YamlMap(args.Place, entries))
            : map;
    }

    /// <summary>Arguments by name, the child's over the parent's; the child's context and dockerfile where it has them.</summary>
    public static YamlNode Merge(YamlNode parent, YamlNode child)
    {
        if (parent is not YamlMap inherited || child is not YamlMap own)
            return child;
        var result = inherited with { Place = own.Place };
        foreach (var entry in own.Entries)
        {
            result = entry.Key == "args" && inherited["args"] is YamlMap old && entry.Value is YamlMap args
                ? result.With("args", args.Entries.Aggregate(old, (merged, one) => merged.With(one.Key, one.Value)))
                : result.With(entry.Key, entry.Value);
        }

        return result;
    }

    /// <summary>Without a value an argument is taken from the environment.</summary>
    private static List<YamlEntry>? Arguments(YamlNode args, Func<string, string?> environment) => args switch
    {
        YamlMap map => [.. map.Entries.Select(entry => entry.Value is YamlScalar { IsNull: true }
            ? entry with { Value = FromEnvironment(entry.Key, entry.Value.Place, environment) }
            : entry)],
        YamlList list when list.Items.All(item => item is YamlScalar) => [.. list.Items.Cast<YamlScalar>().Select(item =>
        {
            var at = item.Text.IndexOf('=', StringComparison.Ordinal);
            return at < 0
                ? new YamlEntry(item.Text, item.Place, FromEnvironment(item.Text, item.Place, environment))
                : new YamlEntry(item.Text[..at], item.Place, new YamlScalar(item.Place, item.Text[(at + 1)..], Plain: false));
        })],
        _ => null,
    };

    private static YamlScalar FromEnvironment(string name, Place place, Func<string, string?> environment) =>
        new(place, environment(name) ?? "", Plain: false);
}
