using Kontena.Contracts.Deploys;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Identity;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Logs;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;

namespace Kontena.Api.Tests;

/// <summary>Documents as their owners write them.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static User User(string email, IReadOnlyList<string>? grids = null, params IReadOnlyList<string> roles) => new()
    {
        Id = Kontena.Api.Auth.TokenHash.Of(email)[..24], Email = email, Roles = roles, Grids = grids ?? [], CreatedAt = Noon, UpdatedAt = Noon,
    };

    public static AccessToken Token(User user, string token) => new()
    {
        Id = Kontena.Api.Auth.TokenHash.Of(token)[..24], UserId = user.Id, TokenHash = Kontena.Api.Auth.TokenHash.Of(token), LastFour = token[^4..], Scopes = ["user"], CreatedAt = Noon,
    };

    public static Grid Grid(string name = "main") => new()
    {
        Name = name, Token = "a-token-of-the-grid", InitialSize = 1, CreatedAt = Noon, UpdatedAt = Noon,
    };

    public static Node Node(string name = "core-01", int number = 1) => new()
    {
        Grid = "main",
        Name = name,
        Number = number,
        NodeId = $"ABCD:{number:0000}",
        Labels = ["region=eu"],
        Facts = new NodeFacts { Os = "Debian", EngineRootDir = "/var/lib/docker", Cpus = 2, MemoryTotal = 4096, PrivateIp = $"10.0.1.{number}", PublicIp = $"203.0.113.{number}" },
        CreatedAt = Noon,
        UpdatedAt = Noon,
    };

    public static NodeLiveness Liveness(LivenessState state = LivenessState.Online, string node = "core-01") =>
        new() { Grid = "main", Node = node, State = state, ConnectedAt = Noon, LastSeenAt = Noon };

    public static Stack Stack(string name = "shop", string? parent = null) => new()
    {
        Grid = "main",
        Name = name,
        Uid = "5a0000000000000000000001",
        Revision = 4,
        Parent = parent,
        Latest = new StackRevision { StackName = "acme/shop", Version = "0.2.0", Source = "stack: acme/shop", CreatedAt = Noon.AddHours(1) },
        CreatedAt = Noon,
    };

    public static Service Service(string name = "web", ServiceState state = ServiceState.Running, string stack = "shop") => new()
    {
        Grid = "main",
        Stack = stack,
        Name = name,
        Uid = $"uid-{stack}-{name}",
        State = state,
        Revision = 3,
        StackRevision = 4,
        Spec = new ServiceSpec
        {
            Image = "acme/web:1.4",
            Instances = 2,
            Env = ["MODE=prod"],
            Ports = [new PortMapping(8080, 80)],
            Links = [new ServiceLink(stack, "db", "db"), new ServiceLink("null", "mail", "smtp")],
        },
        CreatedAt = Noon,
        UpdatedAt = Noon,
    };

    public static string InstanceId(int number) => $"5a00000000000000000001{number:00}";

    public static Instance Instance(int number, string service = "web") => new()
    {
        Id = InstanceId(number),
        Grid = "main",
        Stack = "shop",
        Service = service,
        ServiceUid = $"uid-shop-{service}",
        Number = number,
        Node = "core-01",
        NodeId = "ABCD:0001",
        Generation = 1,
        Desired = DesiredState.Running,
        Spec = new InstanceSpec
        {
            Name = $"shop.{service}-{number}",
            Grid = "main",
            Stack = "shop",
            Service = service,
            ServiceUid = $"uid-shop-{service}",
            Number = number,
            Image = "acme/web:1.4",
            ServiceRevision = 3,
            DeployRev = "2026-03-01 12:00:00 UTC",
            Env = ["MODE=prod"],
            Ports = [new PortMapping(8080, 80)],
            Volumes = [new VolumeMount("/data", Volume: "shop.data")],
            Hostname = $"{service}-{number}",
        },
        CreatedAt = Noon,
        UpdatedAt = Noon,
    };

    public static InstanceObserved Observed(int number, ObservedState state = ObservedState.Running) => new()
    {
        Grid = "main",
        Node = "core-01",
        NodeId = "ABCD:0001",
        InstanceId = InstanceId(number),
        Generation = 1,
        Sequence = 1,
        State = state,
        Ready = state == ObservedState.Running,
        DeployRev = "2026-03-01 12:00:00 UTC",
        ServiceRevision = 3,
        ContainerId = $"docker-{number}",
        ContainerName = $"shop.web-{number}",
        Image = "acme/web:1.4",
        Address = $"10.81.1.{number}",
        CreatedAt = Noon.AddSeconds(number),
        StartedAt = Noon.AddSeconds(number),
    };

    public static ServiceDeploy ServiceDeploy(string id, DeployState state = DeployState.Ongoing) => new()
    {
        Id = id,
        Grid = "main",
        Stack = "shop",
        Service = "web",
        ServiceUid = "uid-shop-web",
        State = state,
        DeployRev = "2026-03-01 12:00:00 UTC",
        CreatedAt = Noon,
        QueuedAt = Noon,
        StartedAt = Noon,
        FinishedAt = state is DeployState.Success or DeployState.Error ? Noon : null,
        InstanceCount = 2,
        InstanceDeploys = [new InstanceDeploy { Number = 2, Node = "core-01", State = state }, new InstanceDeploy { Number = 1, Node = "core-01", State = state }],
    };

    public static LogLine Line(int number, string text) => new()
    {
        Id = $"{number:x24}",
        Node = "core-01",
        Stack = "shop",
        Service = "web",
        Instance = 1,
        InstanceId = InstanceId(1),
        ContainerName = "shop.web-1",
        ContainerId = "docker-1",
        At = Noon,
        Stream = "stdout",
        Text = text,
    };
}
