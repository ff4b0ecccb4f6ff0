using Kontena.Docker.Wire;

namespace Kontena.Docker.Containers;

/// <summary>What the engine says of a container, in our types.</summary>
internal static class ContainerReading
{
    public static ContainerSummary Summary(WireContainerSummary wire) => new()
    {
        Id = wire.Id ?? "",
        Name = OwnName(wire.Names),
        Image = wire.Image ?? "",
        ImageId = wire.ImageID ?? "",
        State = wire.State ?? "",
        Health = HealthOf(wire.Status),
        CreatedAt = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(wire.Created, 0, 253402300799)),
        Labels = wire.Labels ?? [],
    };

    public static ContainerDetails Details(WireContainer wire) => new()
    {
        Id = wire.Id ?? "",
        Name = (wire.Name ?? "").TrimStart('/'),
        ImageId = wire.Image ?? "",
        Image = wire.Config?.Image ?? "",
        State = wire.State?.Status ?? "",
        Running = wire.State?.Running ?? false,
        ExitCode = wire.State?.ExitCode ?? 0,
        OomKilled = wire.State?.OOMKilled ?? false,
        Pid = wire.State?.Pid ?? 0,
        Error = wire.State?.Error ?? "",
        CreatedAt = GoTime.Parse(wire.Created) ?? default,
        StartedAt = GoTime.Parse(wire.State?.StartedAt),
        FinishedAt = GoTime.Parse(wire.State?.FinishedAt),
        Tty = wire.Config?.Tty ?? false,
        // "none" is how newer engines say that there is no health check.
        Health = wire.State?.Health?.Status is { Length: > 0 } health && health != "none" ? health : null,
        HealthAt = GoTime.Parse(wire.State?.Health?.Log?.LastOrDefault()?.End),
        HealthOutput = OneLine(wire.State?.Health?.Log?.LastOrDefault()?.Output),
        Labels = wire.Config?.Labels ?? [],
        Addresses = Addresses(wire.NetworkSettings?.Networks),
        Mounts = [.. (wire.Mounts ?? []).Select(m => new MountPoint(m.Type ?? "", m.Name ?? "", m.Source ?? "", m.Destination ?? ""))],
    };

    /// <summary>A listing tells it only in the text for people.</summary>
    private static string? HealthOf(string? status) => status switch
    {
        null => null,
        _ when status.EndsWith("(healthy)", StringComparison.Ordinal) => "healthy",
        _ when status.EndsWith("(unhealthy)", StringComparison.Ordinal) => "unhealthy",
        _ when status.EndsWith("(health: starting)", StringComparison.Ordinal) => "starting",
        _ => null,
    };

    private static string? OneLine(string? output)
    {
        const int Most = 256;
        var line = string.Join(' ', (output ?? "").Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return line.Length == 0 ? null : line.Length <= Most ? line : line[..(Most - 1)] + "…";
    }

    /// <summary>Legacy links give a container further names, <c>/other/alias</c>; its own has one slash.</summary>
    private static string OwnName(List<string>? names)
    {
        var own = names?.Find(name => name.LastIndexOf('/') <= 0) ?? names?.FirstOrDefault() ?? "";
        return own.TrimStart('/');
    }

    private static Dictionary<string, string> Addresses(Dictionary<string, WireEndpoint?>? networks)
    {
        var addresses = new Dictionary<string, string>();
        foreach (var (network, endpoint) in networks ?? []) addresses[network] = endpoint?.IPAddress ?? "";
        return addresses;
    }
}
