using Kontena.Contracts.Instances;
using Kontena.Contracts.Volumes;
using Kontena.Docker;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Tests.Support;
using Kontena.NodeAgent.Volumes;
using Kontena.Testing.Docker;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.NodeAgent.Tests.Volumes;

/// <summary>Named volumes on a node: made for the instance that mounts them, removed by order only.</summary>
public sealed class GridVolumeTests
{
    private const string Name = "shop.db.data-1";
    private static readonly VolumeSource Source = new("data", "uid-1", "local", new Dictionary<string, string>());
    private static readonly InstanceSpec Db = Some.Spec("db") with { Volumes = [new VolumeMount("/data", null, Name, null, Source)] };
    private static readonly RemoveVolume Removal = new() { Grid = Db.Grid, Name = Name, Volume = "data", VolumeUid = "uid-1" };

    private static FakeContainerEngine Engine()
    {
        var engine = new FakeContainerEngine();
        engine.AddImage(TinyImages.Tiny1);
        return engine;
    }

    private static Task MakeAsync(FakeContainerEngine engine, string driver = "local", params (string Key, string Value)[] labels) =>
        engine.EnsureVolumeAsync(
            new VolumeConfig { Name = Name, Driver = driver, Labels = labels.ToDictionary(one => one.Key, one => one.Value) }, CancellationToken.None);

    private static Task RemoveAsync(AgentHarness agent, FakeContainerEngine engine, RemoveVolume? order = null) =>
        new RemoveVolumeConsumer(engine, agent.Orders, agent.Volumes, NullLogger<RemoveVolumeConsumer>.Instance)
            .RemoveAsync(order ?? Removal, CancellationToken.None);

    private static Task<VolumeObserved> ToldAsync(AgentHarness agent, VolumeState state) =>
        agent.Bus.WaitForAsync<VolumeObserved>(one => one.Name == Name && one.State == state);

    [Fact]
    public async Task A_volume_is_made_for_its_instance_and_told_of()
    {
        var engine = Engine();
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Db);
        await agent.ReadyAsync(1);

        var made = Assert.Single(engine.Volumes);
        Assert.Equal((Name, "local", "uid-1", "data", Db.Grid), (made.Name, made.Driver,
            made.Labels[ManagedLabels.VolumeId], made.Labels[ManagedLabels.VolumeName], made.Labels[ManagedLabels.GridName]));
        var told = await ToldAsync(agent, VolumeState.Present);
        Assert.Equal(("data", "uid-1", "node-1"), (told.Volume, told.VolumeUid, told.Node));
    }

    [Fact]
    public async Task A_volume_of_another_driver_is_a_clear_error()
    {
        var engine = Engine();
        await MakeAsync(engine, "rexray/ebs:0.11");
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Db);
        var failed = await agent.ObserveAsync(seen => seen.Error is not null);
        Assert.Contains($"volume {Name} is on this node with driver rexray/ebs:0.11, and volume data asks for driver local", failed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ManagedLabels.VolumeId, "uid-0", "holds data of an earlier volume data")]
    [InlineData(ManagedLabels.GridName, "elsewhere", "belongs to grid elsewhere")]
    public void Data_of_something_else_is_not_mounted(string label, string value, string expected)
    {
        var there = new VolumeDetails(Name, "local", new Dictionary<string, string> { [label] = value });
        Assert.Contains(expected, GridVolumes.Obstacle(there, "test", Source), StringComparison.Ordinal);
    }

    [Fact]
    public void Versions_of_a_driver_do_not_matter_and_unlabelled_volumes_may_be_mounted()
    {
        var there = new VolumeDetails(Name, "rexray/ebs:0.11", new Dictionary<string, string>());
        Assert.Null(GridVolumes.Obstacle(there, "test", Source with { Driver = "rexray/ebs:0.12" }));
        Assert.NotNull(GridVolumes.Obstacle(there, "test", Source with { Driver = "localhost:5000/rexray" }));
    }

    [Fact]
    public async Task Data_stays_when_the_instance_goes_and_is_removed_by_order()
    {
        var engine = Engine();
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Db);
        await agent.ReadyAsync(1);
        await agent.RemoveAsync(Db, 2, data: true);
        await agent.ObserveAsync(seen => seen.State == ObservedState.Removed);
        Assert.Single(engine.Volumes);

        agent.Bus.Forget();
        await RemoveAsync(agent, engine);
        await ToldAsync(agent, VolumeState.Removed);
        Assert.Empty(engine.Volumes);
        // Repeated: answered the same.
        agent.Bus.Forget();
        await RemoveAsync(agent, engine);
        await ToldAsync(agent, VolumeState.Removed);
    }

    [Fact]
    public async Task A_volume_that_an_instance_mounts_is_not_removed_even_between_two_containers()
    {
        var engine = Engine();
        await MakeAsync(engine, "local", (ManagedLabels.GridName, Db.Grid), (ManagedLabels.VolumeId, "uid-1"), (ManagedLabels.VolumeName, "data"));
        await using var agent = await AgentHarness.StartAsync(engine);
        // What it has is told once at its start, and says nothing of an order.
        await ToldAsync(agent, VolumeState.Present);
        await agent.ApplyAsync(Db with { Image = "not there" });
        agent.Bus.Forget();
        await RemoveAsync(agent, engine);
        // That it is there may be told once more before.
        var refused = await agent.Bus.WaitForAsync<VolumeObserved>(one => one.Name == Name && one.Error is not null);
        Assert.Equal(VolumeState.Present, refused.State);
        Assert.Contains("mounts it", refused.Error, StringComparison.Ordinal);
        Assert.Single(engine.Volumes);
    }

    [Theory]
    [InlineData("uid-0")]
    [InlineData(null)]
    public async Task What_was_not_made_for_the_volume_is_left_alone(string? uid) // law 5
    {
        var engine = Engine();
        await MakeAsync(engine, "local", uid is null ? [] : [(ManagedLabels.GridName, Db.Grid), (ManagedLabels.VolumeId, uid)]);
        await using var agent = await AgentHarness.StartAsync(engine);
        await RemoveAsync(agent, engine);
        Assert.Contains("left alone", (await ToldAsync(agent, VolumeState.Removed)).Error, StringComparison.Ordinal);
        Assert.Single(engine.Volumes);
    }

    [Fact]
    public async Task A_started_agent_tells_what_it_has()
    {
        var engine = Engine();
        await MakeAsync(engine, "local", (ManagedLabels.GridName, "test"), (ManagedLabels.VolumeId, "uid-1"), (ManagedLabels.VolumeName, "data"));
        await using var agent = await AgentHarness.StartAsync(engine);
        Assert.Equal("uid-1", (await ToldAsync(agent, VolumeState.Present)).VolumeUid);
    }
}
