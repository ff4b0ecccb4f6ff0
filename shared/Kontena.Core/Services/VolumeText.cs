namespace Kontena.Core.Services;

/// <summary>One entry of a service's <c>volumes</c> (stack-file.md §11.1).</summary>
/// <param name="Path">Inside the container, absolute.</param>
/// <param name="BindMount">A path of the node, absolute; or null.</param>
/// <param name="Volume">A volume's name; or null. Neither: anonymous.</param>
/// <param name="Flags">Separated by commas; null without.</param>
public sealed record VolumeText(string Path, string? BindMount = null, string? Volume = null, string? Flags = null)
{
    public bool IsAnonymous => BindMount is null && Volume is null;

    /// <summary>Null and a sentence about what is wrong, or the entry.</summary>
    public static VolumeText? Parse(string text, out string? mistake)
    {
        mistake = null;
        var parts = text.Split(':');
        if (parts.Any(part => part.Length == 0 || part.Any(char.IsControl)))
            mistake = $"'{text}' has an empty part; expected /path, /host/path:/path[:flags] or name:/path[:flags]";
        else if (parts.Length == 1 && parts[0][0] != '/')
            mistake = $"'{text}' is not an absolute path; expected /path, /host/path:/path[:flags] or name:/path[:flags]";
        else if (parts.Length > 1 && parts[1][0] != '/')
            mistake = $"the path inside the container in '{text}' is not absolute; expected /host/path:/path[:flags] or name:/path[:flags]";
        if (mistake is not null)
            return null;
        if (parts.Length == 1)
            return new VolumeText(parts[0]);
        var flags = parts.Length > 2 ? string.Join(',', parts[2..]) : null;
        return parts[0][0] == '/'
            ? new VolumeText(parts[1], BindMount: parts[0], Flags: flags)
            : new VolumeText(parts[1], Volume: parts[0], Flags: flags);
    }

    public override string ToString()
    {
        var source = BindMount ?? Volume;
        return (source is null ? Path : $"{source}:{Path}") + (Flags is null ? "" : $":{Flags}");
    }
}
