using Kontena.Contracts.Instances;
using Kontena.Contracts.Volumes;
using Kontena.Docker;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Tests.Support;
using Kontena.NodeAgent.Volumes;
using Kontena.Testing.Docker;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.NodeAgent.Tests.RealEngine;

public sealed class DataTests(DockerEngine docker) : RealEngineTest(docker)
{
    [Fact]
    public async Task A_stateful_instance_keeps_its_files_across_deploys_and_removal()
    {
        var image = await WithVolumeAsync("/var/data");
        var spec = Some.Spec(Fresh("db"), image: image) with { Stateful = true, Volumes = [new VolumeMount("/own")] };
        var first = await RunAsync(spec);
        await ShellAsync(spec.Name, "echo kept > /var/data/file; echo also > /own/file");

        var second = await RunAsync(spec with { ServiceRevision = 2, DeployRev = "d2", Env = ["NEW=1"] }, 2);
        var afterDeploy = await ShellAsync(spec.Name, "cat /var/data/file /own/file");
        await Agent.RemoveAsync(spec, 3, id: IdOf(spec));
        await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen is { Generation: 3, State: ObservedState.Removed });
        await RunAsync(spec, 4);
        var afterRemoval = await ShellAsync(spec.Name, "cat /var/data/file /own/file");

        Assert.NotEqual(first.ContainerId, second.ContainerId);
        Assert.Equal("kept\nalso\n", afterDeploy.Output);
        Assert.Equal("kept\nalso\n", afterRemoval.Output);
    }

    [Fact]
    public async Task Data_goes_with_an_order_that_says_so()
    {
        var spec = Some.Spec(Fresh("gone")) with { Stateful = true, Volumes = [new VolumeMount("/own")] };
        await RunAsync(spec);
        var label = $"{ManagedLabels.InstanceId}={IdOf(spec)}";
        Assert.Single(await Engine.ListVolumesAsync([label], TestContext.Current.CancellationToken));

        await Agent.RemoveAsync(spec, 2, data: true, id: IdOf(spec));
        await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen.State == ObservedState.Removed);

        Assert.Empty(await Engine.ListVolumesAsync([label], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_named_volume_is_shared_and_stays()
    {
        var volume = Fresh("shared");
        var spec = Some.Spec(Fresh("uses")) with { Volumes = [new VolumeMount("/shared", Volume: volume)] };
        await RunAsync(spec);

        await Agent.RemoveAsync(spec, 2, data: true, id: IdOf(spec));
        await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen.State == ObservedState.Removed);

        Assert.Contains(
            await Engine.ListVolumesAsync([$"{ManagedLabels.GridName}=test"], TestContext.Current.CancellationToken), one => one.Name == volume);
        await Engine.RemoveVolumeAsync(volume, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_volume_of_the_grid_outlives_its_service_and_goes_by_its_own_order()
    {
        var volume = Fresh("grid");
        var source = new VolumeSource("data", Fresh("uid"), "local", new Dictionary<string, string>());
        var spec = Some.Spec(Fresh("db")) with { Volumes = [new VolumeMount("/data", Volume: volume, Source: source)] };
        await RunAsync(spec);
        await ShellAsync(spec.Name, "echo kept > /data/file");
        await Agent.RemoveAsync(spec, 2, data: true, id: IdOf(spec));
        await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen.State == ObservedState.Removed);

        var next = Some.Spec(Fresh("next")) with { Volumes = spec.Volumes };
        await RunAsync(next);
        Assert.Equal("kept\n", (await ShellAsync(next.Name, "cat /data/file")).Output);

        var removal = new RemoveVolume { Grid = spec.Grid, Name = volume, Volume = "data", VolumeUid = source.Uid };
        var consumer = new RemoveVolumeConsumer(Engine, Agent.Orders, Agent.Volumes, NullLogger<RemoveVolumeConsumer>.Instance);
        await consumer.RemoveAsync(removal, TestContext.Current.CancellationToken);
        Assert.NotNull(await Engine.InspectVolumeAsync(volume, TestContext.Current.CancellationToken));
        await Agent.RemoveAsync(next, 2, id: IdOf(next));
        await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(next) && seen.State == ObservedState.Removed);
        await consumer.RemoveAsync(removal, TestContext.Current.CancellationToken);
        Assert.Null(await Engine.InspectVolumeAsync(volume, TestContext.Current.CancellationToken));
    }

    private async Task<string> WithVolumeAsync(string path)
    {
        var tag = $"kontena-test/volume:{Fresh("v")}";
        await using var context = TinyImages.Context($"VOLUME {path}\nCMD [\"sleep\", \"1000000\"]\n");
        await Engine.BuildImageAsync(context, new BuildOptions { Tag = tag }, progress: null, TestContext.Current.CancellationToken);
        return tag;
    }
}
