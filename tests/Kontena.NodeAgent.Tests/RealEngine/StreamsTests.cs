using System.Text;
using System.Text.Json.Nodes;
using Kontena.Contracts.Exec;
using Kontena.Contracts.Logs;
using Kontena.NodeAgent.Questions;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.NodeAgent.Tests.RealEngine;

public sealed class StreamsTests(DockerEngine docker) : RealEngineTest(docker)
{
    [Fact]
    public async Task Lines_arrive_once_with_their_origin_also_across_an_agent_restart()
    {
        var spec = Some.Spec(Fresh("talks")) with { Cmd = ["sh", "-c", "for i in $(seq 1 60); do echo line $i; sleep 0.1; done; sleep 1000"] };
        await ApplyAsync(spec);
        await Agent.Bus.WaitForAsync<LogBatch>(batch => batch.Lines.Any(line => line.Text == "line 5"));
        await Agent.StopAsync();
        await using var restarted = await AgentHarness.StartAsync(Engine, Agent.Directory);
        await restarted.Bus.WaitForAsync<LogBatch>(batch => batch.Lines.Any(line => line.Text == "line 60"));

        var lines = Agent.Bus.Of<LogBatch>().Concat(restarted.Bus.Of<LogBatch>())
            .SelectMany(batch => batch.Lines).Where(line => line.InstanceId == IdOf(spec)).ToList();

        Assert.Equal(Enumerable.Range(1, 60).Select(number => $"line {number}"), lines.Select(line => line.Text));
        Assert.All(lines, line => Assert.Equal(("shop", spec.Service, 1, "stdout"), (line.Stack, line.Service, line.Instance, line.Stream)));
        await restarted.RemoveAsync(spec, 2, id: IdOf(spec));
        var removed = await restarted.ObserveAsync(seen => seen.InstanceId == IdOf(spec) && seen.State == Contracts.Instances.ObservedState.Removed);
        await Agent.Bus.SendAsync(new("reports", default), removed, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_command_gets_its_input_and_its_exit_code_comes_back()
    {
        var seen = await RunAsync(Some.Spec(Fresh("exec")));
        Agent.Exec.Open(new OpenExec
        {
            SessionId = "s1", ContainerId = seen.ContainerId!, ReplyTo = "api-exec-1", Cmd = ["sh", "-c", "cat; echo done >&2; exit 7"], Interactive = true,
        });
        // Out of order on purpose.
        Agent.Exec.Input(new ExecInput { SessionId = "s1", Sequence = 3, EndOfInput = true });
        Agent.Exec.Input(new ExecInput { SessionId = "s1", Sequence = 2, Stdin = "world\n"u8.ToArray() });
        Agent.Exec.Input(new ExecInput { SessionId = "s1", Sequence = 1, Stdin = "hello "u8.ToArray() });

        await Agent.Bus.WaitForAsync<ExecOutput>(output => output.ExitCode == 7);
        var all = Agent.Bus.Of<ExecOutput>();

        Assert.Equal(Enumerable.Range(1, all.Count).Select(number => (long)number), all.Select(output => output.Sequence));
        Assert.Equal("hello world\n", Text(all, "stdout"));
        Assert.Equal("done\n", Text(all, "stderr"));
        Assert.All(Agent.Bus.Sent.Where(one => one.Message is ExecOutput), one => Assert.Equal("api-exec-1", one.Destination.Name));
    }

    [Fact]
    public async Task A_terminal_has_a_type_and_a_size_and_ends_when_the_client_closes()
    {
        var seen = await RunAsync(Some.Spec(Fresh("tty")));
        Agent.Exec.Open(new OpenExec
        {
            SessionId = "s2", ContainerId = seen.ContainerId!, ReplyTo = "api-exec-1", Cmd = ["sh"], Interactive = true, Tty = true,
        });
        Agent.Exec.Input(new ExecInput { SessionId = "s2", Sequence = 1, Width = 101, Height = 33 });
        Agent.Exec.Input(new ExecInput { SessionId = "s2", Sequence = 2, Stdin = "echo $TERM; stty size\n"u8.ToArray() });
        await Agent.Bus.WaitForAsync<ExecOutput>(_ => Text(Agent.Bus.Of<ExecOutput>(), "stdout").Contains("33 101", StringComparison.Ordinal));
        Agent.Exec.Input(new ExecInput { SessionId = "s2", Sequence = 3, Close = true });

        Assert.Contains("xterm", Text(Agent.Bus.Of<ExecOutput>(), "stdout"), StringComparison.Ordinal);
        var left = "";
        for (var tries = 0; tries < 50; tries++)
        {
            left = (await ShellAsync(seen.ContainerName!, "ps | grep -c '[s]h$'")).Output.Trim();
            if (left == "0")
                break;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.Equal("0", left);
    }

    [Fact]
    public async Task A_container_that_is_not_ours_is_not_entered()
    {
        Agent.Exec.Open(new OpenExec { SessionId = "s3", ContainerId = "abc", ReplyTo = "api-exec-1", Cmd = ["sh"] });

        var refused = await Agent.Bus.WaitForAsync<ExecOutput>(output => output.Error is not null);

        Assert.Contains("not an instance on this node", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_engine_is_asked_about_a_container_and_unknown_values_of_its_environment_stay_hidden()
    {
        var spec = Some.Spec(Fresh("asked")) with { Env = ["MODE=prod"], Labels = new Dictionary<string, string> { ["case"] = "lower", ["CASE"] = "upper" } };
        var seen = await RunAsync(spec);
        // As if something else had brought MODE's value there: the order does not say it any more.
        await Agent.Orders.TakeAsync(Some.Apply(spec with { Env = [] }, 2, id: IdOf(spec)), TestContext.Current.CancellationToken);
        var questions = new ContainerQuestions(Engine, Agent.Supervisor, Agent.Orders, Agent.Membership, Agent.Bus, TimeProvider.System, NullLogger<ContainerQuestions>.Instance);

        await questions.TellAsync(new AskContainer { QuestionId = "q1", ContainerId = seen.ContainerId!, ReplyTo = "api-exec-1", Question = ContainerQuestion.Inspect });
        await questions.TellAsync(new AskContainer { QuestionId = "q2", ContainerId = seen.ContainerId!, ReplyTo = "api-exec-1", Question = ContainerQuestion.Top });

        var described = JsonNode.Parse(Agent.Bus.Of<ContainerAnswer>()[0].Json!)!;
        Assert.Equal(seen.ContainerId, (string?)described["Id"]);
        var env = described["Config"]!["Env"]!.AsArray().Select(one => (string?)one).ToList();
        Assert.Contains("MODE=***", env);
        Assert.Contains($"KONTENA_SERVICE_NAME={spec.Service}", env);
        Assert.Equal(("lower", "upper"), ((string?)described["Config"]!["Labels"]!["case"], (string?)described["Config"]!["Labels"]!["CASE"]));
        Assert.Contains(env, one => one!.StartsWith("PATH=/", StringComparison.Ordinal));
        var processes = JsonNode.Parse(Agent.Bus.Of<ContainerAnswer>()[1].Json!)!.AsArray();
        Assert.True(processes.Count > 0 && int.Parse((string)processes[0]!["PID"]!, System.Globalization.CultureInfo.InvariantCulture) > 0, processes.ToJsonString());
    }

    private static string Text(IEnumerable<ExecOutput> outputs, string stream) =>
        Encoding.UTF8.GetString([.. outputs.Where(output => output.Stream == stream).SelectMany(output => output.Chunk ?? [])]);
}
