using System.Globalization;

namespace Kontena.Core.Registries;

/// <summary>What a registry is called: by its address, and by the images that come from it (rest-api.md §15, runtime.md §3.5).</summary>
public static class RegistryNames
{
    public const string DockerHub = "index.docker.io";

    /// <summary>Other hosts of Docker Hub: with the original a login for one of them is never used.</summary>
    private static readonly string[] AlsoDockerHub = ["docker.io", "registry-1.docker.io"];

    /// <summary>What <see cref="OfUrl"/> wants, for those who were refused.</summary>
    public const string UrlForm = "http:// or https://, a host name or IPv4 address, a port if need be, and no user";

    /// <summary>Host in lower case, with the port unless it is 80 or 443. Null when it is no address of a registry: then its login could be told apart from no other.</summary>
    public static string? OfUrl(string url)
    {
        var scheme = url.StartsWith("http://", StringComparison.Ordinal) ? 7 : url.StartsWith("https://", StringComparison.Ordinal) ? 8 : 0;
        if (scheme == 0 || url.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            return null;
        var rest = url[scheme..];
        var end = rest.IndexOfAny(['/', '?', '#']);
        var authority = (end < 0 ? rest : rest[..end]).Split(':');
        if (authority.Length > 2 || !IsHost(authority[0]))
            return null;
        if (authority.Length == 2 && (!int.TryParse(authority[1], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535))
            return null;
        return OfHost(authority.Length == 2 ? $"{authority[0]}:{int.Parse(authority[1], CultureInfo.InvariantCulture)}" : authority[0]);
    }

    /// <summary>The part before the first slash when it is a host, else Docker Hub; <c>localhost</c> is a host, which the original mistakes.</summary>
    public static string OfImage(string image)
    {
        var slash = image.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : image[..slash];
        return first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost" ? OfHost(first) : DockerHub;
    }

    /// <summary>One spelling for each: lower case, no port that is usual, one name for Docker Hub.</summary>
    public static string OfHost(string name)
    {
        var lower = name.ToLowerInvariant();
        foreach (var port in (ReadOnlySpan<string>)[":80", ":443"])
        {
            if (lower.EndsWith(port, StringComparison.Ordinal))
                lower = lower[..^port.Length];
        }

        return AlsoDockerHub.Contains(lower) ? DockerHub : lower;
    }

    private static bool IsHost(string host) =>
        host.Length is >= 1 and <= 253 && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') && char.IsAsciiLetterOrDigit(host[0]);
}
