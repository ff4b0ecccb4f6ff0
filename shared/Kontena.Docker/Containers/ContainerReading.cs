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
        Labels = wire.Config?.Labels ?? [],
        Addresses = Addresses(wire.NetworkSettings?.Networks),
        Mounts = [.. (wire.Mounts ?? []).Select(m => new MountPoint(m.Type ?? "", m.Name ?? "", m.Source ?? "", m.Destination ?? ""))],
    };

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
