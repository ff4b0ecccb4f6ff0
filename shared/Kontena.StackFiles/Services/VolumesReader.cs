using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Services;

/// <summary><c>volumes</c> of a service (stack-file.md §11.1).</summary>
internal static class VolumesReader
{
    /// <param name="declared">The names under the file's own <c>volumes:</c>; null in a form that has no such section.</param>
    public static IReadOnlyList<string> Read(Values values, IReadOnlyCollection<string>? declared)
    {
        var volumes = new List<string>();
        var mounts = new HashSet<string>(StringComparer.Ordinal);
        var items = values.List("volumes") ?? [];
        for (var index = 0; index < items.Count; index++)
        {
            var path = $"volumes[{index}]";
            if (items[index] is not YamlScalar { IsNull: false } scalar)
            {
                values.Error(items[index], path, $"expected text such as /data, /host:/data:ro or name:/data; found {items[index].Kind}");
                continue;
            }

            var parts = scalar.Text.Split(':');
            var target = parts.Length == 1 ? parts[0] : parts[1];
            if (!target.StartsWith('/') || parts[0].Length == 0)
                values.Error(scalar, path, $"'{scalar.Text}' is not of the form /path, /host:/path[:flags] or name:/path[:flags]");
            else if (parts.Length > 1 && !parts[0].StartsWith('/') && declared?.Contains(parts[0]) == false)
                values.Error(scalar, path, $"'{parts[0]}' is not among the volumes of this file{Closest.Sentence(parts[0], declared)} Declare it: volumes: {{{parts[0]}: {{external: true}}}}");
            else if (!mounts.Add(target))
                values.Error(scalar, path, $"{target} is mounted more than once");
            volumes.Add(scalar.Text);
        }

        return volumes;
    }
}
