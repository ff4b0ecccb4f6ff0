using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.NodeAgent.Names;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Xunit;

namespace Kontena.NodeAgent.Tests.Names;

/// <summary>Containers of an instance beside the one that has its name.</summary>
public sealed class OtherAddressesTests
{
    private static readonly InstanceSpec Spec = Some.Spec() with { Private = true, OfPrivateStack = true, ReplaceOrder = InstanceSpec.StartFirst };
    private readonly FakeContainerEngine _engine = new();

    public OtherAddressesTests()
    {
        _engine.AddImage(TinyImages.Tiny1);
        _engine.AddImage(TinyImages.Tiny2);
    }

    [Fact]
    public async Task A_hook_is_known_while_it_runs_and_has_no_name()
    {
        await using var agent = await AgentHarness.StartAsync(_engine);
        await agent.ApplyAsync(Spec with { Hooks = [new ServiceHook("migrate", "pre_start", "sleep 1000")] });

        var told = await agent.ObserveAsync(seen => seen.OtherAddresses is not null);
        var address = Assert.Single(told.OtherAddresses!);
        Assert.Null(told.Address);
        var row = Assert.Single(agent.Names.Rows());
        Assert.Equal((true, address), (row.Nameless, row.Address));
        Assert.Null(agent.Names.View.Table.Find(Spec.DnsNames[0]));
        Assert.Equal("shop", agent.Names.View.Askers[NameTarget.NumberOf(address)!.Value].Row!.Stack);

        _engine.Die(_engine.Containers.Single().Name, 0);
        var ready = await agent.ReadyAsync(1);
        Assert.Null(ready.OtherAddresses);
        row = Assert.Single(agent.Names.Rows());
        Assert.Equal((false, ready.Address), (row.Nameless, Assert.Single(row.Addresses)));
    }

    [Fact]
    public async Task A_successor_is_known_before_it_serves_and_its_predecessor_until_it_is_gone()
    {
        _engine.HealthAtStart = container => container.Name == Spec.Name ? null : "starting";
        await using var agent = await AgentHarness.StartAsync(_engine);
        await agent.ApplyAsync(Spec);
        var first = await agent.ReadyAsync(1);
        var stop = _engine.Calls.Hold("StopContainer");
        await agent.ApplyAsync(Spec with { Image = TinyImages.Tiny2, DeployRev = "d2", ServiceRevision = 2 }, 2);

        var beside = await agent.ObserveAsync(seen => seen.OtherAddresses is not null);
        var successor = Assert.Single(beside.OtherAddresses!);
        Assert.Equal([first.Address!, successor], Assert.Single(agent.Names.Rows()).Addresses);
        Assert.Equal(first.Address, Assert.Single(agent.Names.View.Table.Find(Spec.DnsNames[0])!.All).Row.Address);

        _engine.SetHealth($"{Spec.Name}.next", "healthy");
        var after = await agent.ObserveAsync(seen => seen.Address == successor);
        Assert.Equal([first.Address!], after.OtherAddresses);

        stop.Open();
        await agent.ObserveAsync(seen => seen.Address == successor && seen.OtherAddresses is null);
        Assert.Equal([successor], Assert.Single(agent.Names.Rows()).Addresses);
    }
}
