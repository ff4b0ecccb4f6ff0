using Kontena.Docker;
using Kontena.NodeAgent.Registration;
using Kontena.Testing.Docker;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.NodeAgent.Tests.Registration;

public sealed class AgentIdentityTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-id-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private AgentIdentity Open(FakeContainerEngine engine) =>
        new(new NodeAgentOptions { DataDirectory = _directory }, engine, TimeProvider.System, NullLogger<AgentIdentity>.Instance);

    private static FakeContainerEngine Engine(string id)
    {
        var engine = new FakeContainerEngine();
        engine.Info = engine.Info with { Id = id };
        return engine;
    }

    [Fact]
    public async Task A_known_identity_needs_no_engine()
    {
        await Open(Engine("A")).SettleAsync(TestContext.Current.CancellationToken);
        var away = Engine("A");
        away.Calls.Unreachable = true;
        var identity = Open(away);

        Assert.Null(await identity.SettleAsync(TestContext.Current.CancellationToken));

        Assert.Equal("A", identity.NodeId);
    }

    [Fact]
    public async Task Another_engine_than_last_time_is_another_node()
    {
        await Open(Engine("A")).SettleAsync(TestContext.Current.CancellationToken);
        var identity = Open(Engine("B"));

        Assert.Equal("A", await identity.SettleAsync(TestContext.Current.CancellationToken));

        Assert.Equal("B", identity.NodeId);
    }

    [Fact]
    public void Capacity_given_in_the_settings_is_reported_instead_of_the_engines()
    {
        var info = new EngineInfo { Id = "A", HostName = "h", Cpus = 8, MemoryTotal = 1 << 30 };
        var options = new NodeAgentOptions { DataDirectory = "", Cpus = 2, PublicIp = "192.0.2.1" };

        var facts = NodeFactsReader.Of(info, options, "10.0.0.7");

        Assert.Equal((2, 1L << 30, "192.0.2.1", "10.0.0.7"), (facts.Cpus, facts.MemoryTotal, facts.PublicIp, facts.PrivateIp));
        Assert.NotEqual("0", facts.AgentVersion);
    }
}
