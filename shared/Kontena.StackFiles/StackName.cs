namespace Kontena.StackFiles;

/// <summary><c>[user/]name[:version]</c> (stack-file.md §1.1).</summary>
internal sealed record StackName(string? User, string Name, string? Version)
{
    public static StackName Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var version = colon >= 0 ? text[(colon + 1)..] : null;
        var path = colon >= 0 ? text[..colon] : text;
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash >= 0 ? new StackName(path[..slash], path[(slash + 1)..], version) : new StackName(null, path, version);
    }
}
