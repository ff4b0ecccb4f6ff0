using Kontena.Contracts.Instances;
using Kontena.Contracts.Logs;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Xunit;

namespace Kontena.NodeAgent.Tests.RealEngine;

public sealed class RunOnceTests(DockerEngine docker) : RealEngineTest(docker)
{
    [Fact]
    public async Task A_short_run_ends_with_its_code_its_output_is_sent_and_its_container_goes()
    {
        var spec = Run("short", "echo to out; echo to err >&2; exit 4");
        await ApplyAsync(spec);

        var ended = await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen.State == ObservedState.Stopped);
        await Agent.Orders.TakeAsync(new RemoveInstance { InstanceId = IdOf(spec), Generation = 2, Name = spec.Name }, TestContext.Current.CancellationToken);
        await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen.State == ObservedState.Removed);

        Assert.Equal(4, ended.ExitCode);
        Assert.Contains("to out", ended.Error, StringComparison.Ordinal);
        var lines = Agent.Bus.Of<LogBatch>().SelectMany(batch => batch.Lines).Where(line => line.InstanceId == IdOf(spec)).ToList();
        Assert.Equal(["stderr: to err", "stdout: to out"], lines.Select(line => $"{line.Stream}: {line.Text.TrimEnd()}").Order());
        Assert.Null(await Engine.InspectContainerAsync(spec.Name, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_run_that_takes_too_long_is_stopped_by_its_node()
    {
        var spec = Run("long", "sleep 1000") with { RunOnce = new RunOnce(Timeout: 1) };
        await ApplyAsync(spec);

        var ended = await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen is { State: ObservedState.Stopped, ExitCode: not null });

        Assert.Equal(137, ended.ExitCode);
        Assert.InRange((ended.FinishedAt!.Value - ended.StartedAt!.Value).TotalSeconds, 1, 10);
    }

    [Fact]
    public async Task A_command_that_is_not_there_is_an_end_with_a_reason()
    {
        var spec = Run("none", "true") with { Cmd = ["/no/such/program"] };
        await ApplyAsync(spec);

        var ended = await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen is { State: ObservedState.Stopped, Error: not null });

        Assert.Contains("/no/such/program", ended.Error, StringComparison.Ordinal);
        Assert.Null(ended.StartedAt);
    }

    private static InstanceSpec Run(string stem, string script)
    {
        var service = Fresh(stem);
        return Some.Spec(service) with { Name = $"shop.{service}-run-1", RunOnce = new RunOnce(), Cmd = ["sh", "-c", script], DnsNames = [] };
    }
}
