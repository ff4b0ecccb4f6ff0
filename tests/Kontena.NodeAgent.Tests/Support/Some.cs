using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Orders;
using Kontena.Testing.Docker;

namespace Kontena.NodeAgent.Tests.Support;

/// <summary>Examples of what the agent is told and sees.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    public static InstanceSpec Spec(string service = "web", int number = 1, string image = TinyImages.Tiny1, string deployRev = "d1", int revision = 1) => new()
    {
        Name = $"shop.{service}-{number}",
        Grid = "test",
        Stack = "shop",
        Service = service,
        ServiceUid = "5f0000000000000000000001",
        Number = number,
        Image = image,
        ServiceRevision = revision,
        DeployRev = deployRev,
        Hostname = $"{service}-{number}",
        Domainname = "shop.test.kontena.local",
        DnsSearch = ["shop.test.kontena.local", "test.kontena.local"],
        DnsNames = [$"{service}.shop.test.kontena.local", $"{service}-{number}.shop.test.kontena.local"],
        StopGracePeriod = 1,
    };

    public static string Id(int number) => $"{number:x24}";

    public static ApplyInstance Apply(InstanceSpec spec, long generation = 1, DesiredState desired = DesiredState.Running, string? id = null) => new()
    {
        InstanceId = id ?? Id(spec.Number),
        Generation = generation,
        Desired = desired,
        Spec = spec,
    };

    public static InstanceOrder Order(InstanceSpec? spec = null, long generation = 1, DesiredState desired = DesiredState.Running) => new()
    {
        InstanceId = Id(1),
        Generation = generation,
        Desired = desired,
        Name = (spec ?? Spec()).Name,
        Spec = spec ?? Spec(),
        TakenAt = Noon,
    };

    public static ContainerSight Container(bool running = true, string deployRev = "d1", int revision = 1) => new()
    {
        Id = new string('c', 64),
        Name = "shop.web-1",
        State = running ? "running" : "exited",
        Running = running,
        InstanceId = Id(1),
        Generation = 1,
        DeployRev = deployRev,
        ServiceRevision = revision,
        ImageId = "sha256:one",
        CreatedAt = Noon,
        StartedAt = Noon.AddSeconds(1),
        FinishedAt = running ? null : Noon.AddSeconds(2),
        ExitCode = running ? 0 : 1,
    };
}
