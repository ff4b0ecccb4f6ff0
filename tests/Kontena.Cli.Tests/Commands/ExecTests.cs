using System.Net.WebSockets;
using System.Text;
using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Commands;

public sealed class ExecTests : CliTest
{
    private const string Containers = "/v1/services/main/shop/web/containers";
    private const string First = "/v1/containers/main/core-01/shop.web-1/exec";
    private const string Second = "/v1/containers/main/core-01/shop.web-2/exec";

    [Fact]
    public async Task Output_passes_unchanged_and_so_does_the_exit_code()
    {
        Master.On("GET", Containers, $$"""{"containers":[{{Some.Container("shop.web-2", 2)}},{{Some.Container()}}]}""")
            .OnSocket(First, async socket =>
            {
                Assert.Equal("""{"cmd":["ls","-l"]}""", await ReadAsync(socket));
                await SendAsync(socket, """{"stream":"stdout","chunk":"a\nb"}""", """{"stream":"stderr","chunk":"oops\n"}""", """{"exit":32}""");
            });
        Assert.Equal(32, await RunAsync("service", "exec", "shop/web", "--", "ls", "-l"));
        Assert.Equal("a\nb", Out);
        Assert.Equal("oops\n", Error);
        Assert.Equal("Bearer secret-token", Master.Seen[^1].Authorization);
    }

    [Fact]
    public async Task Input_is_passed_on_to_its_end()
    {
        var got = new List<string>();
        Master.On("GET", Containers, $$"""{"containers":[{{Some.Container()}}]}""").OnSocket($"{First}?interactive=true&shell=true", async socket =>
        {
            do got.Add(await ReadAsync(socket));
            while (got[^1] != """{"stdin":null}""");
            await SendAsync(socket, """{"exit":0}""");
        });
        Terminal.Input = new MemoryStream(Encoding.UTF8.GetBytes("grüße\n"));
        Assert.Equal(0, await RunAsync("service", "exec", "-i", "--shell", "shop/web", "cat"));
        Assert.Equal(["""{"cmd":["cat"]}""", """{"stdin":"grüße\n"}""", """{"stdin":null}"""], got);
    }

    [Fact]
    public async Task A_terminal_is_raw_only_while_it_runs_and_tells_its_size()
    {
        var raw = false;
        Master.OnSocket($"{First}?interactive=true&tty=true", async socket =>
        {
            await ReadAsync(socket);
            Assert.Equal("""{"tty_size":{"width":120,"height":40}}""", await ReadAsync(socket));
            raw = Terminal.IsRaw;
            await SendAsync(socket, """{"exit":0}""");
        });
        Terminal.Type();
        Terminal.Size = (120, 40);
        Assert.Equal(0, await RunAsync("container", "exec", "-it", "core-01/shop.web-1", "--", "sh"));
        Assert.True(raw);
        Assert.False(Terminal.IsRaw);
    }

    [Fact]
    public async Task A_pipe_is_no_terminal()
    {
        Assert.Equal(1, await RunAsync("container", "exec", "-it", "core-01/shop.web-1", "--", "sh"));
        Assert.Contains(" [error] the input device is not a TTY", Error);
    }

    [Fact]
    public async Task An_unknown_container_fails_the_handshake()
    {
        Master.OnStatus("GET", First, 404);
        Assert.Equal(1, await RunAsync("container", "exec", "core-01/shop.web-1", "--", "ls"));
        Assert.Contains("Error during WebSocket handshake: Unexpected response code: 404", Error);
    }

    [Fact]
    public async Task A_refused_handshake_carries_the_masters_words()
    {
        Master.OnStatus("GET", First, 503, """{"error":"node core-01 does not answer"}""");
        Assert.Equal(1, await RunAsync("container", "exec", "core-01/shop.web-1", "--", "ls"));
        Assert.Contains("Unexpected response code: 503", Error);
        Assert.Contains("\t503 : node core-01 does not answer", Error);
    }

    [Fact]
    public async Task An_error_of_the_node_is_said()
    {
        Master.OnSocket(First, async socket =>
        {
            await ReadAsync(socket);
            await SendAsync(socket, """{"error":"container is paused"}""");
        });
        Assert.Equal(1, await RunAsync("container", "exec", "core-01/shop.web-1", "--", "ls"));
        Assert.Contains("The command could not be run: container is paused", Error);
    }

    [Fact]
    public async Task A_session_that_breaks_is_no_success()
    {
        Master.OnSocket(First, async socket =>
        {
            await ReadAsync(socket);
            await socket.CloseAsync((WebSocketCloseStatus)4000, "agent is away", CancellationToken.None);
        });
        Assert.Equal(1, await RunAsync("container", "exec", "core-01/shop.web-1", "--", "ls"));
        Assert.Contains("ended without an exit code: agent is away (4000)", Error);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task All_instances_stop_at_the_first_failure_unless_told_to_skip(bool skip, int runs)
    {
        Master.On("GET", Containers, $$"""{"containers":[{{Some.Container()}},{{Some.Container("shop.web-2", 2)}},{{Some.Container("shop.web-3", 3, running: false)}}]}""");
        foreach (var (path, code) in new[] { (First, 3), (Second, 0) })
        {
            Master.OnSocket(path, async socket =>
            {
                await ReadAsync(socket);
                await SendAsync(socket, $$"""{"exit":{{code}}}""");
            });
        }

        string[] words = ["service", "exec", "--all", "--silent", "shop/web", "--", "ls"];
        Assert.Equal(3, await RunAsync(skip ? [.. words[..2], "--skip", .. words[2..]] : words));
        Assert.Equal(runs, Master.Seen.Count(request => request.Path.EndsWith("/exec", StringComparison.Ordinal)));
        if (skip) Assert.Contains("shop.web-3 is stopped, skipped", Error);
    }

    [Theory]
    [InlineData("7", "does not have container instance 7")]
    [InlineData("3", "is not running, it is stopped")]
    public async Task An_instance_that_cannot_be_used_is_explained(string instance, string message)
    {
        Master.On("GET", Containers, $$"""{"containers":[{{Some.Container("shop.web-3", 3, running: false)}}]}""");
        Assert.Equal(1, await RunAsync("service", "exec", "--instance", instance, "shop/web", "--", "ls"));
        Assert.Contains(message, Error);
    }

    private static async Task<string> ReadAsync(WebSocket socket)
    {
        var buffer = new byte[4096];
        var frame = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, frame.Count);
    }

    private static async Task SendAsync(WebSocket socket, params string[] frames)
    {
        foreach (var frame in frames) await socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
    }
}
