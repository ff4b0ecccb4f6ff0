using System.Text;
using Kontena.Testing.Docker;

namespace Kontena.Docker.Tests.Engine;

public class ExecTests(DockerEngine docker) : EngineTest(docker)
{
    [Fact]
    public async Task Output_streams_and_exit_code_are_told_apart()
    {
        var id = await RunAsync(Tiny());
        await using var exec = await Engine.ExecAsync(id, new ExecConfig { Cmd = ["sh", "-c", "echo out; echo err >&2; echo $X; exit 7"], Env = ["X=y"] }, Cancel);
        var output = new Dictionary<string, string> { ["stdout"] = "", ["stderr"] = "" };
        await foreach (var chunk in exec.OutputAsync(Cancel)) output[chunk.Stream] += Encoding.UTF8.GetString(chunk.Bytes.Span);

        Assert.Equal("out\ny\n", output["stdout"]);
        Assert.Equal("err\n", output["stderr"]);
        Assert.Equal(7, await exec.ExitCodeAsync(Cancel));
    }

    [Fact]
    public async Task The_end_of_the_input_reaches_the_process_and_its_answer_comes_back()
    {
        var id = await RunAsync(Tiny());
        await using var exec = await Engine.ExecAsync(id, new ExecConfig { Cmd = ["wc", "-c"], AttachStdin = true }, Cancel);

        var bytes = new byte[300_000];
        await exec.WriteAsync(bytes, Cancel);
        await exec.CloseInputAsync(Cancel);
        await exec.CloseInputAsync(Cancel);

        Assert.Equal("300000", (await TextAsync(exec)).Trim());
        Assert.Equal(0, await exec.ExitCodeAsync(Cancel));
    }

    [Fact]
    public async Task A_terminal_has_one_stream_and_a_size()
    {
        var id = await RunAsync(Tiny());
        await using var exec = await Engine.ExecAsync(id, new ExecConfig { Cmd = ["sh"], Tty = true, AttachStdin = true }, Cancel);
        await exec.ResizeAsync(width: 100, height: 40, Cancel);

        await exec.WriteAsync("stty size; exit 3\n"u8.ToArray(), Cancel);

        Assert.Contains("40 100\r\n", await TextAsync(exec));
        Assert.Equal(3, await exec.ExitCodeAsync(Cancel));
    }

    [Fact]
    public async Task Disposing_ends_the_output_of_a_process_that_goes_on()
    {
        var id = await RunAsync(Tiny());
        var exec = await Engine.ExecAsync(id, new ExecConfig { Cmd = ["sleep", "1000"] }, Cancel);
        var read = TextAsync(exec);

        await exec.DisposeAsync();

        Assert.Equal("", await read.WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System, Cancel));
    }

    [Fact]
    public async Task A_command_that_is_not_there_and_a_container_that_does_not_run_are_told()
    {
        var id = await RunAsync(Tiny());
        var (output, exitCode) = await ExecAsync(id, "/no/such");
        Assert.Contains("no such file or directory", output);
        Assert.NotEqual(0, exitCode);

        await Engine.StopContainerAsync(id, TimeSpan.Zero, Cancel);
        var e = await Assert.ThrowsAsync<EngineException>(() => ExecAsync(id, "true"));
        Assert.Equal(409, e.Status);
        Assert.Contains("is not running", e.Message);
        Assert.Equal(404, (await Assert.ThrowsAsync<EngineException>(() => ExecAsync("no-such-container", "true"))).Status);
    }

    private static async Task<string> TextAsync(IExecSession exec)
    {
        var text = new StringBuilder();
        await foreach (var chunk in exec.OutputAsync(Cancel)) text.Append(Encoding.UTF8.GetString(chunk.Bytes.Span));
        return text.ToString();
    }
}
