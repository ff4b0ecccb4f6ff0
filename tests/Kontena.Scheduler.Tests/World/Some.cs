using Kontena.Contracts.Grids;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Contracts.Volumes;

namespace Kontena.Scheduler.Tests.World;

/// <summary>Things with sensible contents, for tests that care about one field.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public const long Mega = 1024 * 1024;

    public static Grid Grid(params IReadOnlyList<string> affinity) => new()
    {
        Name = "test-grid", Token = "t", DefaultAffinity = affinity, CreatedAt = Start, UpdatedAt = Start,
    };

    public static Node Node(int number, params IReadOnlyList<string> labels) => new()
    {
        Grid = "test-grid",
        Name = $"node-{number}",
        Number = number,
        NodeId = $"ID{number}",
        Labels = labels,
        Facts = new NodeFacts { Cpus = 4, MemoryTotal = 4096 * Mega },
        CreatedAt = Start,
        UpdatedAt = Start,
    };

    public static NodeLiveness Online(string node) =>
        new() { Grid = "test-grid", Node = node, State = LivenessState.Online, ConnectedAt = Start, LastSeenAt = Start };

    public static NodeLiveness Offline(string node, DateTimeOffset since) =>
        new() { Grid = "test-grid", Node = node, State = LivenessState.Offline, LastSeenAt = since, DisconnectedAt = since };

    public static ServiceSpec Spec(int instances = 1) => new() { Image = "app:1", Instances = instances };

    public static Service Service(string name = "web", ServiceSpec? spec = null, string stack = "shop") => new()
    {
        Grid = "test-grid",
        Stack = stack,
        Name = name,
        Uid = $"uid-{stack}-{name}",
        Spec = spec ?? Spec(),
        State = ServiceState.Running,
        CreatedAt = Start,
        UpdatedAt = Start,
    };

    public static Volume Volume(string name, VolumeScope scope = VolumeScope.Instance, string driver = "local") => new()
    {
        Grid = "test-grid", Name = name, Uid = "uid-of-" + name, Scope = scope, Driver = driver, CreatedAt = Start, UpdatedAt = Start,
    };

    public static VolumeInstance VolumeOn(int node, string name, Volume volume) => new()
    {
        Grid = "test-grid", NodeId = $"ID{node}", Node = $"node-{node}", Name = name, Volume = volume.Name, VolumeUid = volume.Uid, CreatedAt = Start,
    };

    public static Stack Stack(string name = "shop", string? expose = null) => new()
    {
        Grid = "test-grid",
        Name = name,
        Uid = "uid-" + name,
        Revision = 1,
        Latest = new StackRevision { StackName = "acme/" + name, Version = "1", Source = "", Expose = expose, CreatedAt = Start },
        CreatedAt = Start,
    };
}
