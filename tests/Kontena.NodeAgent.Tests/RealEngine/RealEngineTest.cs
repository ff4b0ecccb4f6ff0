using System.Text;
using Kontena.Contracts.Instances;
using Kontena.Docker;
using Kontena.NodeAgent.Networking.Overlay;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Xunit;

namespace Kontena.NodeAgent.Tests.RealEngine;

[CollectionDefinition("real engine", DisableParallelization = true)]
public sealed class RealEngineCollection : ICollectionFixture<DockerEngine>;

/// <summary>The agent over a Docker Engine. Every test has its own services, as they share one engine and one network.</summary>
[Collection("real engine")]
public abstract class RealEngineTest(DockerEngine docker) : IAsyncLifetime
{
    private static int _numbers;
    private AgentHarness? _agent;

    private protected DockerEngineClient Engine { get; } = docker.Require();
    private protected AgentHarness Agent => _agent!;

    public async ValueTask InitializeAsync() => _agent = await AgentHarness.StartAsync(Engine);

    public async ValueTask DisposeAsync()
    {
        foreach (var order in Agent.Orders.All.ToList())
            await Agent.Orders.TakeAsync(new RemoveInstance { InstanceId = order.InstanceId, Generation = order.Generation + 1, Name = order.Name, RemoveData = true }, default);
        foreach (var order in Agent.Orders.All.ToList())
            await Agent.ObserveAsync(seen => seen.InstanceId == order.InstanceId && seen.State == ObservedState.Removed);
        await Agent.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A service name no other test has.</summary>
    private protected static string Fresh(string stem) => $"{stem}{Interlocked.Increment(ref _numbers)}";

    /// <summary>Gives the order under an id made from the container's name, which is returned.</summary>
    private protected async Task<string> ApplyAsync(InstanceSpec spec, long generation = 1, DesiredState desired = DesiredState.Running)
    {
        var id = IdOf(spec);
        await Agent.ApplyAsync(spec, generation, desired, id);
        return id;
    }

    private protected static string IdOf(InstanceSpec spec) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(spec.Name)))[..24];

    private protected Task<InstanceObserved> ReadyAsync(InstanceSpec spec, long generation = 1) =>
        // An older container that serves until its successor does is told as ready too, with the deploy that it is of.
        Agent.ObserveAsync(seen => seen.Ready && seen.Generation == generation && seen.DeployRev == spec.DeployRev && seen.InstanceId == IdOf(spec), 60);

    private protected async Task<InstanceObserved> RunAsync(InstanceSpec spec, long generation = 1)
    {
        await ApplyAsync(spec, generation);
        return await ReadyAsync(spec, generation);
    }

    /// <summary>The page of <paramref name="name"/>, asked for inside a container, is that of the container with this host name. Where it is not, what led there is told.</summary>
    private protected async Task PageAsync(string container, string name, string hostname)
    {
        var (code, output) = await ShellAsync(container, $"timeout 5 wget -qO- http://{name}/");
        if (code == 0 && output.Trim() == hostname)
            return;
        var (_, inside) = await ShellAsync(container, $"cat /etc/resolv.conf; timeout 5 nslookup -type=a {name}; timeout 5 nslookup -type=aaaa {name}; ip route; ip neigh; timeout 5 wget -qO- http://{name}/; echo again: $?");
        var firewall = await new HostCommands(TimeProvider.System).RunAsync(new HostCommand("iptables-save", "-c"), null, TestContext.Current.CancellationToken);
        Assert.Fail($"{name}: exit {code}, {output}\nNames are answered on: {Agent.NameServer.Address}; {string.Join("; ", Agent.NameServer.Troubles)}\n{inside}\n{firewall.Output}");
    }

    private protected async Task<(int Code, string Output)> ShellAsync(string container, string command)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var session = await Engine.ExecAsync(container, new ExecConfig { Cmd = ["sh", "-c", command] }, cancellation);
        var output = new StringBuilder();
        await foreach (var chunk in session.OutputAsync(cancellation))
            output.Append(Encoding.UTF8.GetString(chunk.Bytes.Span));
        return (await session.ExitCodeAsync(cancellation), output.ToString());
    }
}
