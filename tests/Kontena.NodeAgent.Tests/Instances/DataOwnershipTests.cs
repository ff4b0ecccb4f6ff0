using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Xunit;

namespace Kontena.NodeAgent.Tests.Instances;

/// <summary>Two instances of one name, one after the other: whose data is whose.</summary>
public class DataOwnershipTests
{
    private const string Successor = "successor";
    private static readonly InstanceSpec Db = Some.Spec("db") with { Stateful = true, Volumes = [new VolumeMount("/data")] };
    private static readonly string Volume = DataVolumes.NameOf(Db.Name, "/data");

    private static FakeContainerEngine Engine()
    {
        var engine = new FakeContainerEngine();
        engine.AddImage(TinyImages.Tiny1);
        return engine;
    }

    private static string? OwnerOf(FakeContainerEngine engine) =>
        Assert.Single(engine.Volumes).Labels.GetValueOrDefault(ManagedLabels.InstanceId);

    private static Task<InstanceObserved> RemovedAsync(AgentHarness agent, string id, long generation) =>
        agent.ObserveAsync(seen => seen.InstanceId == id && seen.Generation == generation && seen.State == ObservedState.Removed);

    private static Task<InstanceObserved> SuccessorReadyAsync(AgentHarness agent, long generation) =>
        agent.ObserveAsync(seen => seen.InstanceId == Successor && seen.Generation == generation && seen.Ready);

    [Fact]
    public async Task A_successor_never_mounts_data_that_is_about_to_be_removed()
    {
        var engine = Engine();
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Db);
        await agent.ReadyAsync(1);

        // The former container is gone, its data still there.
        var removal = engine.Calls.Hold("RemoveVolume");
        await agent.RemoveAsync(Db, 2, data: true);
        await removal.Entered;
        await agent.ApplyAsync(Db, id: Successor);
        await agent.ObserveAsync(seen => seen.InstanceId == Successor);
        removal.Open();
        await RemovedAsync(agent, Some.Id(1), 2);
        await SuccessorReadyAsync(agent, 1);

        Assert.Equal(Successor, OwnerOf(engine));
    }

    [Fact]
    public async Task Kept_data_that_a_successor_took_over_goes_with_the_successor_only()
    {
        var engine = Engine();
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Db);
        await agent.ReadyAsync(1);
        await agent.RemoveAsync(Db, 2);
        await RemovedAsync(agent, Some.Id(1), 2);
        await agent.ApplyAsync(Db, id: Successor);
        await SuccessorReadyAsync(agent, 1);

        // No container holds the volume while the former instance's data is ordered to go.
        await agent.RemoveAsync(Db, 2, id: Successor);
        await RemovedAsync(agent, Successor, 2);
        await agent.RemoveAsync(Db, 3, data: true);
        await RemovedAsync(agent, Some.Id(1), 3);
        Assert.Equal(Some.Id(1), OwnerOf(engine));

        await agent.RemoveAsync(Db, 3, data: true, id: Successor);
        await RemovedAsync(agent, Successor, 3);
        Assert.Empty(engine.Volumes);
    }

    [Fact]
    public async Task Data_that_the_successor_already_runs_on_is_the_successors()
    {
        var engine = Engine();
        string directory;
        await using (var before = await AgentHarness.StartAsync(engine))
        {
            await before.ApplyAsync(Db);
            await before.ReadyAsync(1);
            await before.RemoveAsync(Db, 2);
            await RemovedAsync(before, Some.Id(1), 2);
            await before.ApplyAsync(Db, id: Successor);
            await SuccessorReadyAsync(before, 1);
            directory = before.Directory;
        }

        // The notes of an agent that did not write down whose data it took over.
        var notes = Path.Combine(directory, "orders", Successor + ".json");
        var text = await File.ReadAllTextAsync(notes, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(notes, text.Replace("\"adoptedVolumes\"", "\"unknown\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await using var agent = await AgentHarness.StartAsync(engine, directory);
        await SuccessorReadyAsync(agent, 1);
        await agent.RemoveAsync(Db, 3, data: true);
        await agent.ObserveAsync(seen => seen.InstanceId == Some.Id(1) && seen.Error is not null);
        await agent.ApplyAsync(Db with { ServiceRevision = 2, DeployRev = "d2" }, 2, id: Successor);
        await SuccessorReadyAsync(agent, 2);
        await RemovedAsync(agent, Some.Id(1), 3);

        Assert.Equal((Volume, Some.Id(1)), (engine.Volumes[0].Name, OwnerOf(engine)));
    }
}
