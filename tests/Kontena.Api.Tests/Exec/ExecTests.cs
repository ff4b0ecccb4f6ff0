using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Kontena.Api.Exec;
using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Audit;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Exec;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.State;
using Kontena.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.Api.Tests.Exec;

/// <summary>Sessions over a websocket, with the test in the place of the node.</summary>
public sealed class ExecTests : IAsyncLifetime
{
    private const string Path = "/v1/containers/main/core-01/shop.web-1/exec";
    private ApiUnderTest _api = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiUnderTest.StartAsync();
        await _api.SeedAsync();
        _api.Bus.Answer<NoteExec>(_ => CommandResult.Done());
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task A_command_runs_and_its_output_comes_in_order()
    {
        _api.Bus.OnSend = (_, message) =>
        {
            if (message is not OpenExec open)
                return;
            var euro = Encoding.UTF8.GetBytes("€");
            Deliver(open, 2, chunk: euro[1..]);
            Deliver(open, 4, stream: "stderr", chunk: "oops"u8.ToArray());
            Deliver(open, 1, chunk: [.. "5 "u8, euro[0]]);
            Deliver(open, 1, chunk: "twice"u8.ToArray());
            Deliver(open, 5, exit: 3);
            Deliver(open, 3, chunk: "!"u8.ToArray());
        };
        using var socket = await ConnectAsync();
        await SendAsync(socket, """{"cmd":["ls","-l"]}""");

        var (frames, status, _) = await ReadToEndAsync(socket);

        Assert.Equal("""{"stream":"stderr","chunk":"oops"}""", frames[^2]);
        Assert.Equal("""{"exit":3}""", frames[^1]);
        Assert.Equal("5 €!", string.Concat(frames.SkipLast(2).Select(frame => System.Text.Json.Nodes.JsonNode.Parse(frame)!["chunk"])));
        Assert.Equal(1000, status);
        var opened = _api.Bus.Single<OpenExec>();
        Assert.Equal(("docker-1", Queues.ApiExec("test"), false, false), (opened.ContainerId, opened.ReplyTo, opened.Tty, opened.Interactive));
        Assert.Equal(["ls", "-l"], opened.Cmd);
        Assert.Equal(Destination.Queue(Queues.NodeExec("ABCD:0001")), _api.Bus.DestinationOf<OpenExec>());
        Assert.DoesNotContain(_api.Bus.Sent, one => one.Message is ExecInput);
    }

    [Fact]
    public async Task Input_and_sizes_go_to_the_node_numbered()
    {
        var input = new List<ExecInput>();
        _api.Bus.OnSend = (_, message) =>
        {
            if (message is not ExecInput one)
                return;
            input.Add(one);
            if (one.EndOfInput)
                Deliver(_api.Bus.Single<OpenExec>(), 1, exit: 0);
        };
        using var socket = await ConnectAsync("?interactive=true&tty=true&shell=true");
        await SendAsync(socket, """{"cmd":["echo","hi there"]}""");
        await SendAsync(socket, """{"tty_size":{"width":120,"height":40}}""");
        await SendAsync(socket, """{"stdin":"grüße\n"}""");
        await SendAsync(socket, """{"stdin":null}""");

        var (frames, status, _) = await ReadToEndAsync(socket);

        Assert.Equal(["""{"exit":0}"""], frames);
        Assert.Equal(1000, status);
        Assert.Equal(["/bin/sh", "-c", "echo hi there"], _api.Bus.Single<OpenExec>().Cmd);
        Assert.True(_api.Bus.Single<OpenExec>() is { Tty: true, Interactive: true });
        Assert.Equal([1L, 2L, 3L], input.Select(one => one.Sequence));
        Assert.Equal((120, 40), (input[0].Width, input[0].Height));
        Assert.Equal("grüße\n", Encoding.UTF8.GetString(input[1].Stdin!));
    }

    [Theory]
    [InlineData("nonsense", "", "ParseError")]
    [InlineData("[]", "", "TypeError")]
    [InlineData("""{"stdin":"x"}""", "?interactive=true", "first frame")]
    [InlineData("""{"cmd":[]}""", "", "TypeError")]
    [InlineData("""{"cmd":["a",5]}""", "", "TypeError")]
    [InlineData("""{"cmd":["a"]}|{"cmd":["b"]}""", "", "already running")]
    [InlineData("""{"cmd":["a"]}|{"stdin":"x"}""", "?interactive=TRUE", "interactive=true")]
    [InlineData("""{"cmd":["a"]}|{"tty_size":{"width":1,"height":1}}""", "?interactive=true", "tty=true")]
    [InlineData("""{"cmd":["a"]}|{"tty_size":{"width":-1,"height":1}}""", "?tty=true", "TypeError")]
    [InlineData("""{"cmd":["a"]}|{"other":1}""", "", "ArgumentError")]
    [InlineData("""{"cmd":["\ud800"]}""", "", "ParseError")]
    public async Task What_a_client_may_not_send_ends_the_session(string frames, string query, string reason)
    {
        using var socket = await ConnectAsync(query);
        foreach (var frame in frames.Split('|'))
            await SendAsync(socket, frame);

        var (_, status, description) = await ReadToEndAsync(socket);

        Assert.Equal(4000, status);
        Assert.Contains(reason, description);
    }

    [Fact]
    public async Task A_failure_on_the_node_is_told_and_closes()
    {
        _api.Bus.OnSend = (_, message) =>
        {
            if (message is OpenExec open)
                Deliver(open, 1, error: "no such container");
        };
        using var socket = await ConnectAsync();
        await SendAsync(socket, """{"cmd":["ls"]}""");

        var (frames, status, _) = await ReadToEndAsync(socket);

        Assert.Equal(["""{"error":"no such container"}"""], frames);
        Assert.Equal(4000, status);
    }

    [Fact]
    public async Task A_client_that_vanishes_ends_the_command()
    {
        var closed = new TaskCompletionSource();
        _api.Bus.OnSend = (_, message) =>
        {
            if (message is ExecInput { Close: true })
                closed.TrySetResult();
        };
        var socket = await ConnectAsync();
        await SendAsync(socket, """{"cmd":["sleep","1000"]}""");
        socket.Abort();

        await closed.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_node_that_dies_ends_the_session_within_seconds()
    {
        using var socket = await ConnectAsync();
        await SendAsync(socket, """{"cmd":["sleep","1000"]}""");
        await _api.PutAsync(StateKeys.NodeLiveness, "main", Some.Liveness(LivenessState.Offline));

        var (frames, status, _) = await ReadToEndAsync(socket);

        Assert.Contains("node core-01 does not answer", Assert.Single(frames));
        Assert.Equal(4000, status);
    }

    [Fact]
    public async Task What_can_not_be_written_down_is_not_run()
    {
        _api.Bus.Answer<NoteExec>(_ => throw new TimeoutException("grid-manager is away"));

        Assert.Equal(503, (await _api.PostAsync(Path, new { cmd = new[] { "x" } })).Status);

        Assert.Equal(new NoteExec { Grid = "main", Node = "core-01", Container = "shop.web-1" }, _api.Bus.Single<NoteExec>());
        Assert.DoesNotContain(_api.Bus.Sent, one => one.Message is OpenExec);
    }

    [Fact]
    public async Task Missed_heartbeats_neither_refuse_a_session_nor_end_it()
    {
        await _api.PutAsync(StateKeys.NodeLiveness, "main", Some.Liveness(LivenessState.Suspect));
        _api.Bus.OnSend = (_, message) =>
        {
            if (message is OpenExec open)
                Deliver(open, 1, exit: 0);
        };

        Assert.Equal("[[],[],0]", (await _api.PostAsync(Path, new { cmd = new[] { "x" } })).Text);
    }

    [Fact]
    public async Task A_store_that_is_away_for_a_while_leaves_the_session_and_its_watch_alone()
    {
        var (clock, store) = (new TestClock(), new StoreInTurns());
        var session = new ExecSession("a");
        var targets = new ExecTargets(new SnapshotReader(store), _api.Services.GetRequiredService<Commands>(), new ExecProcess("test"), _api.Bus, clock);
        var target = new ExecTarget("main", "core-01", "ABCD:0001", "docker-1", session, new ExecProcess("test"), _api.Bus);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        var watching = targets.WatchAsync(target, session, ended.Token);
        store.Answer = () => throw new StateUnavailableException("Redis is away");
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.False(session.HasEnded);
        Assert.False(watching.IsCompleted);

        store.Answer = () => JsonSerializer.Serialize(Some.Liveness(LivenessState.Offline), StateKeys.NodeLiveness.Json);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.True(session.HasEnded);
        await ended.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    [Theory]
    [InlineData("token")]
    [InlineData("grid")]
    public async Task A_session_ends_within_a_second_when_its_user_may_not_have_it_any_more(string what)
    {
        var dev = Some.User("dev@x", ["main"]);
        using var client = await _api.ClientOfAsync(dev, "token-of-dev");
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer token-of-dev");
        await socket.ConnectAsync(new Uri($"ws://{_api.Address.Authority}{Path}"), TestContext.Current.CancellationToken);
        await SendAsync(socket, """{"cmd":["sh"]}""");

        if (what == "token")
            await _api.DeleteAsync(StateKeys.AccessToken, StateKeys.System, Some.Token(dev, "token-of-dev").Id);
        else
            await _api.PutAsync(StateKeys.User, StateKeys.System, dev with { Grids = [] });
        var since = TimeProvider.System.GetTimestamp();
        var (frames, status, _) = await ReadToEndAsync(socket);

        Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(2), "a second, and as much for a slow machine");
        Assert.Contains("the token is no longer good", Assert.Single(frames));
        Assert.Equal(4000, status);
    }

    [Fact]
    public async Task What_can_be_refused_is_refused_before_the_upgrade()
    {
        Assert.Equal(HttpStatusCode.NotFound, await RefusedAsync("/v1/containers/main/core-01/nope/exec"));
        Assert.Equal(HttpStatusCode.NotFound, await RefusedAsync("/v1/containers/nope/core-01/shop.web-1/exec"));
        Assert.Equal(404, (await _api.GetAsync(Path)).Status);
        await _api.PutAsync(StateKeys.NodeLiveness, "main", Some.Liveness(LivenessState.Offline));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await RefusedAsync(Path));
        Assert.Empty(_api.Bus.Sent);
    }

    [Fact]
    public async Task A_blocking_command_answers_with_all_it_wrote()
    {
        _api.Bus.OnSend = (_, message) =>
        {
            if (message is not OpenExec open)
                return;
            Deliver(open, 1, chunk: "out"u8.ToArray());
            Deliver(open, 2, stream: "stderr", chunk: "err"u8.ToArray());
            Deliver(open, 3, exit: 1);
        };

        Assert.Equal("""[["out"],["err"],1]""", (await _api.PostAsync(Path, new { cmd = new[] { "x" } })).Text);
        Assert.Equal(422, (await _api.PostAsync(Path, new { cmd = Array.Empty<string>() })).Status);
    }

    [Fact]
    public async Task A_blocking_command_that_does_not_end_is_stopped_and_said_so()
    {
        await using var api = await ApiUnderTest.StartAsync(options => options with { ExecTimeout = TimeSpan.FromMilliseconds(500) });
        await api.SeedAsync();
        api.Bus.Answer<NoteExec>(_ => CommandResult.Done());

        var answer = await api.PostAsync(Path, new { cmd = new[] { "sleep", "1000" } });

        Assert.Equal(503, answer.Status);
        Assert.Contains("did not end within", answer.Error);
        Assert.True(api.Bus.Single<ExecInput>().Close);
    }

    private void Deliver(OpenExec open, long sequence, string stream = "stdout", byte[]? chunk = null, int? exit = null, string? error = null) =>
        _api.Services.GetRequiredService<ExecSessions>().Deliver(new ExecOutput
        {
            SessionId = open.SessionId, Sequence = sequence, Stream = stream, Chunk = chunk, ExitCode = exit, Error = error,
        }, sender: null);

    private async Task<ClientWebSocket> ConnectAsync(string query = "")
    {
        var socket = NewSocket();
        await socket.ConnectAsync(new Uri($"ws://{_api.Address.Authority}{Path}{query}"), TestContext.Current.CancellationToken);
        return socket;
    }

    private async Task<HttpStatusCode> RefusedAsync(string path)
    {
        using var socket = NewSocket();
        socket.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() =>
            socket.ConnectAsync(new Uri($"ws://{_api.Address.Authority}{path}"), TestContext.Current.CancellationToken));
        return socket.HttpStatusCode;
    }

    private ClientWebSocket NewSocket()
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {_api.Token}");
        return socket;
    }

    private static Task SendAsync(ClientWebSocket socket, string frame) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

    private static async Task<(IReadOnlyList<string> Frames, int? Status, string? Description)> ReadToEndAsync(ClientWebSocket socket)
    {
        var frames = new List<string>();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
                return (frames, (int?)received.CloseStatus, received.CloseStatusDescription);
            frames.Add(Encoding.UTF8.GetString(buffer, 0, received.Count));
        }
    }
}
