using System.Globalization;
using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Networking;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Xunit;

namespace Kontena.NodeAgent.Tests.RealEngine;

public sealed class SpeedTests(DockerEngine docker) : RealEngineTest(docker)
{
    [Theory]
    [InlineData(1, 4)]
    [InlineData(6, 4)]
    public async Task The_agent_adds_little_to_the_engines_own_time(int count, int parallelism)
    {
        var time = TimeProvider.System;
        await RunAsync(Some.Spec(Fresh("warm")));
        List<double> floors = [], ours = [];
        for (var run = 0; run < 3; run++)
        {
            floors.Add(await FloorAsync(count, parallelism));
            var specs = Enumerable.Range(1, count).Select(number => Some.Spec(Fresh("speed"), number)).ToList();
            var began = time.GetTimestamp();
            await Task.WhenAll(specs.Select(spec => ApplyAsync(spec)));
            foreach (var spec in specs)
                await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen.State == ObservedState.Running);
            ours.Add(time.GetElapsedTime(began).TotalMilliseconds);
            foreach (var spec in specs)
                await Agent.RemoveAsync(spec, 2, id: IdOf(spec));
            foreach (var spec in specs)
                await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen.State == ObservedState.Removed);
        }

        var (floor, our) = (Median(floors), Median(ours));
        TestContext.Current.SendDiagnosticMessage(string.Create(
            CultureInfo.InvariantCulture, $"{count} containers: engine alone {floor:0} ms, agent {our:0} ms, ratio {our / floor:0.00}"));
        // Wide, because the machine may be busy with something else; the benchmark measures, this only notices a disaster.
        Assert.True(our < floor * 2 + 250, $"engine alone {floor:0} ms, agent {our:0} ms");
    }

    private async Task<double> FloorAsync(int count, int parallelism)
    {
        var time = TimeProvider.System;
        var cancellation = TestContext.Current.CancellationToken;
        using var gate = new SemaphoreSlim(parallelism);
        var service = Fresh("floor");
        var began = time.GetTimestamp();
        var ids = await Task.WhenAll(Enumerable.Range(1, count).Select(async number =>
        {
            await gate.WaitAsync(cancellation);
            try
            {
                var spec = Some.Spec(service, number);
                var config = ContainerBlueprint.Of("0", 1, spec, "node-1", null, []) with { NetworkMode = GridNetwork.NameOf("test"), Labels = new Dictionary<string, string>() };
                var created = await Engine.CreateContainerAsync(spec.Name, config, cancellation);
                await Engine.StartContainerAsync(created.Id, cancellation);
                return created.Id;
            }
            finally
            {
                gate.Release();
            }
        }));
        var elapsed = time.GetElapsedTime(began).TotalMilliseconds;
        foreach (var id in ids)
            await Engine.RemoveContainerAsync(id, force: true, anonymousVolumes: true, cancellation);
        return elapsed;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
