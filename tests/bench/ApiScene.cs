using System.Security.Cryptography;
using System.Text;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Identity;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.Bench;

/// <summary>A grid as its owners would have written it: ten nodes, a stack of a hundred services with ten instances each, all running; and a grid to write to.</summary>
internal static class ApiScene
{
    public const string Grid = "main";
    public const string Writes = "writes";
    public const string Stack = "shop";
    public const string Administrator = "the-token-of-the-benchmark";
    public const string UserToken = "the-token-of-a-user-of-the-benchmark";
    private const int Nodes = 10;
    private const int Services = 100;
    private const int Instances = 10;
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static string InstanceId(int service, int number) => $"5a000000000000000{service:000}{number:0000}";

    public static async Task WriteAsync(string directory, IStateStore store, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "admin.token"), Administrator + "\n", cancellationToken);
        var system = new CommitBatch(StateKeys.System);
        foreach (var name in (string[])[Grid, Writes])
            system.Put(StateKeys.Grid, new Grid { Name = name, Token = $"a-token-of-{name}", InitialSize = 1, CreatedAt = Noon, UpdatedAt = Noon }, CommitBatch.AnyVersion);
        var user = new User { Id = "5b0000000000000000000001", Email = "bench@example.com", Grids = [Grid], CreatedAt = Noon, UpdatedAt = Noon };
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(UserToken)));
        system.Put(StateKeys.User, user, CommitBatch.AnyVersion);
        system.Put(StateKeys.AccessToken, new AccessToken
        {
            Id = hash[..24], UserId = user.Id, TokenHash = hash, LastFour = UserToken[^4..], Scopes = ["user"], CreatedAt = Noon,
        }, CommitBatch.AnyVersion);
        await store.CommitAsync(system, cancellationToken);

        var grid = new CommitBatch(Grid);
        for (var node = 0; node < Nodes; node++)
        {
            grid.Put(StateKeys.Node, new Node
            {
                Grid = Grid, Name = $"node-{node}", Number = node + 1, NodeId = $"ID:{node}", Facts = new NodeFacts { Os = "Debian", EngineRootDir = "/var/lib/docker", Cpus = 2 },
                CreatedAt = Noon, UpdatedAt = Noon,
            }, CommitBatch.AnyVersion);
            grid.Put(StateKeys.NodeLiveness, new NodeLiveness { Grid = Grid, Node = $"node-{node}", State = LivenessState.Online, ConnectedAt = Noon, LastSeenAt = Noon }, CommitBatch.AnyVersion);
        }

        grid.Put(StateKeys.Stack, new Stack
        {
            Grid = Grid, Name = Stack, Uid = "5a0000000000000000000001", Revision = 1,
            Latest = new StackRevision { StackName = "acme/shop", Version = "0.1.0", Source = "stack: acme/shop", CreatedAt = Noon }, CreatedAt = Noon,
        }, CommitBatch.AnyVersion);
        await store.CommitAsync(grid, cancellationToken);
        for (var service = 0; service < Services; service++)
            await store.CommitAsync(WithService(service), cancellationToken);
    }

    public static Service Service(string grid, string name) => new()
    {
        Grid = grid, Stack = Stack, Name = name, Uid = $"uid-{name}", State = ServiceState.Running, Revision = 1, StackRevision = 1,
        Spec = new ServiceSpec { Image = "acme/web:1.4", Instances = Instances, Env = ["MODE=prod"], Ports = [new PortMapping(8080, 80)] }, CreatedAt = Noon, UpdatedAt = Noon,
    };

    private static CommitBatch WithService(int number)
    {
        var name = $"svc-{number:000}";
        var batch = new CommitBatch(Grid);
        batch.Put(StateKeys.Service, Service(Grid, name), CommitBatch.AnyVersion);
        for (var instance = 1; instance <= Instances; instance++)
        {
            var node = (number + instance) % Nodes;
            batch.Put(StateKeys.Instance, new Instance
            {
                Id = InstanceId(number, instance), Grid = Grid, Stack = Stack, Service = name, ServiceUid = $"uid-{name}", Number = instance, Node = $"node-{node}", NodeId = $"ID:{node}",
                Generation = 1, Desired = DesiredState.Running, CreatedAt = Noon, UpdatedAt = Noon,
                Spec = new InstanceSpec
                {
                    Name = $"{Stack}.{name}-{instance}", Grid = Grid, Stack = Stack, Service = name, ServiceUid = $"uid-{name}", Number = instance, Image = "acme/web:1.4", ServiceRevision = 1,
                    DeployRev = "2026-03-01 12:00:00 UTC", Env = ["MODE=prod"], Hostname = $"{name}-{instance}",
                },
            }, CommitBatch.AnyVersion);
            batch.Put(StateKeys.Observed, new InstanceObserved
            {
                Grid = Grid, Node = $"node-{node}", NodeId = $"ID:{node}", InstanceId = InstanceId(number, instance), Generation = 1, Sequence = 1, State = ObservedState.Running, Ready = true,
                DeployRev = "2026-03-01 12:00:00 UTC", ServiceRevision = 1, ContainerId = $"docker-{number}-{instance}", ContainerName = $"{Stack}.{name}-{instance}", Image = "acme/web:1.4",
                Address = $"10.81.{node}.{instance}", CreatedAt = Noon, StartedAt = Noon,
            }, CommitBatch.AnyVersion);
        }

        return batch;
    }
}
