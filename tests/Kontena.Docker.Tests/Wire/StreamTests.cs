using System.Buffers.Binary;
using System.Text;
using Kontena.Docker.Transport;
using Kontena.Testing;

namespace Kontena.Docker.Tests.Wire;

/// <summary>Answers that come in pieces, cut anywhere.</summary>
public class StreamTests : WireTest
{
    private const string Inspect = """{"Id":"c1","Config":{"Tty":false}}""";
    private const string At = "2026-11-22T10:40:18.000000001Z ";

    [Fact]
    public async Task Frames_cut_at_every_byte_give_the_same_lines()
    {
        byte[] all = [.. Frame(1, At + "one\n"), .. Frame(2, At + "two\n"), .. Frame(1, At + "th"), .. Frame(2, ""), .. Frame(1, At + "ree\n"), .. Frame(1, At + "end")];

        var lines = await LinesAsync(Logs(WireAnswer.Chunks([.. all.Select(b => new[] { b })])));

        Assert.Equal(["stdout one", "stderr two", "stdout three", "stdout end"], lines);
    }

    [Fact]
    public async Task A_terminal_has_no_frames_and_carriage_returns()
    {
        var client = Start(request => request.Call switch
        {
            "/containers/c1/json" => WireAnswer.Json("""{"Id":"c1","Config":{"Tty":true}}"""),
            "/containers/c1/logs" => WireAnswer.Chunks(Encoding.UTF8.GetBytes(At + "one\r\n" + At[..10]), Encoding.UTF8.GetBytes(At[10..] + "zwö"), "lf\r\n"u8.ToArray()),
            _ => null,
        }).Client;

        Assert.Equal(["stdout one", "stdout zwölf"], await LinesAsync(client));
    }

    [Fact]
    public async Task A_frame_that_claims_4_GiB_is_not_waited_for_nor_held()
    {
        byte[] head = [1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff];
        var client = Logs(WireAnswer.Chunks(head, Encoding.UTF8.GetBytes(At + "first\n"), [.. Enumerable.Repeat((byte)'x', 200_000)]));
        var lines = new List<string>();

        var e = await Assert.ThrowsAsync<EngineUnavailableException>(async () =>
        {
            await foreach (var line in client.LogsAsync("c1", null, null, follow: false, Cancel)) lines.Add(line.Text);
        });

        Assert.Contains("broke during GET /containers/c1/logs", e.Message);
        Assert.Equal("first", lines[0]);
        Assert.All(lines.Skip(1), text => Assert.Equal(64 * 1024, text.Length));
        Assert.Equal(4, lines.Count);
    }

    [Fact]
    public async Task What_is_no_frame_is_an_error()
    {
        Assert.Contains("not made of stream frames", (await Assert.ThrowsAsync<EngineException>(() => LinesAsync(Logs(WireAnswer.Chunks("plain text, no frames"u8.ToArray()))))).Message);
        Assert.Equal("the disk is gone", (await Assert.ThrowsAsync<EngineException>(() => LinesAsync(Logs(WireAnswer.Chunks(Frame(3, "the disk is gone\n")))))).Message);
        await Assert.ThrowsAsync<EngineUnavailableException>(() => LinesAsync(Logs(WireAnswer.Chunks([1, 0, 0]))));
    }

    [Fact]
    public async Task Events_cut_anywhere_come_whole_and_without_probes()
    {
        var text = """
            {"Type":"container","Action":"start","Actor":{"ID":"c1","Attributes":{"name":"web","image":"web:1","a.label":"x"}},"time":1795344018,"timeNano":1795344018000000900}
            {"Type":"container","Action":"exec_start: /bin/probe","Actor":{"ID":"c1","Attributes":{"execID":"e"}}}
            {"Type":"container","Action":"exec_die","Actor":{"ID":"c1","Attributes":{"exitCode":"0"}}}

            {"Type":"container","Action":"die","Actor":{"ID":"c1","Attributes":{"name":"web","exitCode":"137"}},"time":1795344019}
            """;
        var client = Start(request => request.Call == "/events" ? WireAnswer.Chunks([.. Encoding.UTF8.GetBytes(text).Chunk(7)]) : null);

        var events = new List<EngineEvent>();
        await foreach (var e in client.Client.EventsAsync(DateTimeOffset.FromUnixTimeMilliseconds(1500), Cancel)) events.Add(e);

        Assert.Equal(["start", "die"], events.Select(e => e.Action));
        Assert.Equal("x", Assert.Single(events[0].Labels).Value);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1795344018).AddTicks(9), events[0].At);
        Assert.Equal((137, "web"), (events[1].ExitCode, events[1].ContainerName));
        Assert.StartsWith("/v1.45/events?since=1.500000000&filters=", client.Server.Requests.Last().Path);
    }

    [Fact]
    public async Task A_line_without_end_is_refused()
    {
        var client = Answering(WireAnswer.Chunks([.. Enumerable.Repeat(Encoding.ASCII.GetBytes(new string('[', 100_000)), 20)]));

        var e = await Assert.ThrowsAsync<EngineException>(() => client.PullImageAsync("a", null, null, Cancel));

        Assert.Contains("limit of 1024 KiB", e.Message);
    }

    [Theory]
    [InlineData("""{"status":"Pulling"}""" + "\n" + """{"errorDetail":{"message":"no space left"},"error":"no space"}""" + "\r\n", "no space left")]
    [InlineData("""{"error":"denied"}""", "denied")]
    [InlineData("not json\n", "could not be read")]
    public async Task A_failure_within_a_stream_that_began_well_is_raised(string stream, string says)
    {
        var client = Answering(WireAnswer.Chunks([.. Encoding.UTF8.GetBytes(stream).Chunk(5)]));

        Assert.Contains(says, (await Assert.ThrowsAsync<EngineException>(() => client.PullImageAsync("a", null, null, Cancel))).Message);
        Assert.Contains(says, (await Assert.ThrowsAsync<EngineException>(() => client.PushImageAsync("a", null, null, Cancel))).Message);
        Assert.Contains(says, (await Assert.ThrowsAsync<EngineException>(
            () => client.BuildImageAsync(Stream.Null, new BuildOptions { Tag = "a" }, null, Cancel))).Message);
    }

    [Fact]
    public async Task A_build_sends_the_tar_and_finds_the_image_id()
    {
        var (server, client) = Start(request => request.Call == "/build"
            ? WireAnswer.Chunks("{\"stream\":\"Step 1/1\"}\r\n{\"aux\":{\"ID\":\"sha256:ab\"}}\r\n"u8.ToArray())
            : null);

        var id = await client.BuildImageAsync(
            new MemoryStream("the tar"u8.ToArray()),
            new BuildOptions { Tag = "a:1", Dockerfile = "docker/File", Args = new Dictionary<string, string> { ["K"] = "v" } }, null, Cancel);

        Assert.Equal("sha256:ab", id);
        var request = server.Requests.Last();
        Assert.Equal("the tar", request.Body);
        Assert.Equal("application/x-tar", request.Headers["content-type"]);
        Assert.Contains("t=a%3A1&dockerfile=docker%2FFile", request.Path);
        Assert.Contains("buildargs=%7B%22K%22%3A%22v%22%7D", request.Path);
    }

    [Fact]
    public async Task A_pull_that_falls_silent_is_given_up()
    {
        var clock = new TestClock();
        var client = Answering(
            new WireAnswer([Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n{\"status\":\"Pulling\"}\r\n1\r\n\n\r\n")], Hang: true), clock);
        var progress = new FirstLine();

        var pull = client.PullImageAsync("a", null, progress, Cancel);
        Assert.Equal("Pulling", await progress.Seen.Task.WaitAsync(Cancel));
        for (var minute = 0; minute < 30 && !pull.IsCompleted; minute++)
        {
            await Task.Yield();
            clock.Advance(TimeSpan.FromMinutes(1));
            await Task.WhenAny(pull, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel));
        }

        Assert.Contains("within 600 s", (await Assert.ThrowsAsync<EngineUnavailableException>(() => pull)).Message);
    }

    [Fact]
    public async Task Exec_takes_over_the_connection_also_when_output_comes_with_the_answer()
    {
        byte[] hello = [.. "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"u8, .. Frame(1, "hello")];
        var (server, client) = Start(request => request.Call switch
        {
            "/containers/c1/exec" => WireAnswer.Json("""{"Id":"e1"}""", 201),
            "/exec/e1/start" => new WireAnswer([hello], Close: true),
            "/exec/e1/json" => WireAnswer.Json("""{"Running":false,"ExitCode":5}"""),
            _ => null,
        });

        await using var exec = await client.ExecAsync("c1", new ExecConfig { Cmd = ["cat"], AttachStdin = true }, Cancel);
        await exec.WriteAsync("in"u8.ToArray(), Cancel);
        await exec.CloseInputAsync(Cancel);
        var output = new StringBuilder();
        await foreach (var chunk in exec.OutputAsync(Cancel)) output.Append(Encoding.UTF8.GetString(chunk.Bytes.Span));

        Assert.Equal("hello", output.ToString());
        Assert.Equal("in"u8.ToArray(), await server.Input.Task.WaitAsync(Cancel));
        Assert.Equal(5, await exec.ExitCodeAsync(Cancel));
        var start = server.Requests.Single(r => r.Call == "/exec/e1/start");
        Assert.Equal(("tcp", "Upgrade", """{"Detach":false,"Tty":false}"""), (start.Headers["upgrade"], start.Headers["connection"], start.Body));
    }

    [Fact]
    public async Task Exec_that_is_refused_says_why()
    {
        var (_, client) = Start(request => request.Call switch
        {
            "/containers/c1/exec" => WireAnswer.Json("""{"Id":"e1"}""", 201),
            "/exec/e1/start" => new WireAnswer(WireAnswer.Json("""{"message":"Container c1 is paused"}""", 409).Pieces, Close: true),
            _ => null,
        });

        Assert.Equal("Container c1 is paused", (await Assert.ThrowsAsync<EngineException>(() => client.ExecAsync("c1", new ExecConfig { Cmd = ["x"] }, Cancel))).Message);
    }

    private DockerEngineClient Logs(WireAnswer answer) => Start(request => request.Call switch
    {
        "/containers/c1/json" => WireAnswer.Json(Inspect),
        "/containers/c1/logs" => answer,
        _ => null,
    }).Client;

    private static async Task<List<string>> LinesAsync(DockerEngineClient client)
    {
        var lines = new List<string>();
        await foreach (var line in client.LogsAsync("c1", since: null, tail: null, follow: false, Cancel)) lines.Add($"{line.Stream} {line.Text}");
        return lines;
    }

    private static byte[] Frame(byte stream, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var frame = new byte[8 + bytes.Length];
        frame[0] = stream;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), bytes.Length);
        bytes.CopyTo(frame, 8);
        return frame;
    }

    private sealed class FirstLine : IProgress<string>
    {
        public TaskCompletionSource<string> Seen { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Report(string value) => Seen.TrySetResult(value);
    }
}
