using System.Security.Cryptography;
using System.Text;
using Kontena.Contracts.Instances;
using Kontena.Docker;

namespace Kontena.NodeAgent.Instances;

/// <summary>Which volume holds which path of a stateful instance: a named, labelled Docker volume per path, in place of the
/// original's data container (runtime.md §2.13; decision 0010). Its name depends on nothing but instance and path, so every
/// later container of the instance finds it.</summary>
internal static class DataVolumes
{
    private const int SlugLength = 40;

    /// <summary>Path and volume name, in the order of the paths; empty for a stateless instance.</summary>
    public static IReadOnlyList<(string Path, string Volume)> Of(InstanceSpec spec, ImageDetails? image)
    {
        if (!spec.Stateful)
            return [];
        var anonymous = spec.Volumes.Where(mount => mount is { Volume: null, BindMount: null }).Select(mount => Clean(mount.Path));
        var taken = spec.Volumes.Where(mount => mount.Volume is not null || mount.BindMount is not null).Select(mount => Clean(mount.Path)).ToHashSet();
        var declared = (image?.Volumes ?? []).Select(Clean).Where(path => !taken.Contains(path));
        return [.. anonymous.Concat(declared).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(path => (path, NameOf(spec.Name, path)))];
    }

    /// <summary>E.g. <c>shop.db-1.var-lib-postgresql-data.1a2b3c4d</c>: readable, and different for <c>/a/b</c> and <c>/a-b</c>.</summary>
    public static string NameOf(string instance, string path)
    {
        var slug = new StringBuilder();
        foreach (var character in path.Trim('/'))
            slug.Append(char.IsAsciiLetterOrDigit(character) ? character : '-');
        if (slug.Length > SlugLength)
            slug.Length = SlugLength;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..8];
        return slug.Length == 0 ? $"{instance}.{hash}" : $"{instance}.{slug}.{hash}";
    }

    private static string Clean(string path) => path.Length > 1 ? path.TrimEnd('/') : path;
}
