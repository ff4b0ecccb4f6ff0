using System.Globalization;
using Kontena.Contracts.Services;

namespace Kontena.Cli.Commands.Services;

/// <summary>Ports, links and secrets as they are written on the command line.</summary>
internal static class ServiceTexts
{
    /// <summary><c>[ip:]node:container[/proto]</c>.</summary>
    public static PortRequest Port(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var protocol = slash < 0 ? "tcp" : text[(slash + 1)..];
        var parts = (slash < 0 ? text : text[..slash]).Split(':');
        if (parts.Length is 2 or 3 && protocol is "tcp" or "udp" && Number(parts[^2]) is { } node && Number(parts[^1]) is { } container)
            return new PortRequest { Ip = parts.Length == 3 ? parts[0] : "0.0.0.0", NodePort = node, ContainerPort = container, Protocol = protocol };
        throw new CliException($"Invalid port value '{text}': expected [ip:]node:container[/tcp|udp] with ports from 1 to 65535, e.g. 8080:80");
    }

    /// <summary><c>name[:alias]</c>; without an alias the service's own name.</summary>
    public static LinkRequest Link(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? text : text[..colon];
        var alias = colon < 0 ? name[(name.LastIndexOf('/') + 1)..] : text[(colon + 1)..];
        return name.Length > 0 && alias.Length > 0
            ? new LinkRequest(name, alias)
            : throw new CliException($"Invalid link value '{text}': expected name, name:alias or stack/service:alias");
    }

    /// <summary><c>SECRET[:NAME[:TYPE]]</c>.</summary>
    public static SecretRequest Secret(string text)
    {
        var parts = text.Split(':');
        return parts.Length <= 3 && parts.All(part => part.Length > 0)
            ? new SecretRequest(parts[0], parts.Length > 1 ? parts[1] : parts[0], parts.Length > 2 ? parts[2] : "env")
            : throw new CliException($"Invalid secret value '{text}': expected SECRET:NAME:TYPE, e.g. DB_PASS:DATABASE_PASSWORD:env");
    }

    /// <summary><c>:latest</c> when there is no tag; a registry's port is no tag.</summary>
    public static string Image(string text)
    {
        if (text.Contains('@', StringComparison.Ordinal)) return text;
        return text[(text.LastIndexOf('/') + 1)..].Contains(':', StringComparison.Ordinal) ? text : $"{text}:latest";
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 65535 ? number : null;
}
