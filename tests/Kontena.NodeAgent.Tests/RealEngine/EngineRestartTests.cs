using System.Diagnostics;
using Kontena.Contracts.Instances;
using Kontena.Docker;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Xunit;

namespace Kontena.NodeAgent.Tests.RealEngine;

public sealed class EngineRestartTests(DockerEngine docker) : RealEngineTest(docker)
{
    [Fact]
    public async Task After_the_engine_was_killed_and_started_the_instance_is_back_with_its_data()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var pidFile = Environment.GetEnvironmentVariable("KONTENA_TEST_DOCKER_PID");
        Assert.SkipWhen(pidFile is null, "nobody starts this engine again when it is killed: KONTENA_TEST_DOCKER_PID is not set (run the tests with infra/lib/sandbox)");
        var spec = Some.Spec(Fresh("survives")) with { Stateful = true, Volumes = [new VolumeMount("/own")] };
        var before = await RunAsync(spec);
        await ShellAsync(spec.Name, "echo kept > /own/file; sync");

        using (var engine = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(pidFile!, cancellation))))
        {
            engine.Kill(entireProcessTree: true);
            await engine.WaitForExitAsync(cancellation);
        }

        Agent.Bus.Forget();
        await UntilItAnswersAsync(cancellation);

        // The same container or, when its first start failed, another in its place: what counts is that it runs, once, with its data.
        await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen.Ready && seen.StartedAt > before.StartedAt, 60);
        Assert.Single(await Engine.ListContainersAsync([$"{ManagedLabels.InstanceId}={IdOf(spec)}"], cancellation));
        Assert.Equal("kept\n", (await ShellAsync(spec.Name, "cat /own/file")).Output);
    }

    private async Task UntilItAnswersAsync(CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await Engine.InfoAsync(cancellationToken);
                return;
            }
            catch (EngineUnavailableException) when (tries < 300)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
            }
        }
    }
}
