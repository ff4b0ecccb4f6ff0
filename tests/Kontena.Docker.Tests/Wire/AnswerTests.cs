using System.Text;
using Kontena.Testing;

namespace Kontena.Docker.Tests.Wire;

/// <summary>Every answer, also the odd and the hostile one, ends in a result or in one clear exception.</summary>
public class AnswerTests : WireTest
{
    [Fact]
    public async Task Not_there_is_null_or_fine_where_the_interface_says_so()
    {
        var client = Answering(WireAnswer.Json("""{"message":"No such thing"}""", 404));

        Assert.Null(await client.InspectContainerAsync("x", Cancel));
        Assert.Null(await client.InspectImageAsync("x", Cancel));
        Assert.Null(await client.InspectNetworkAsync("x", Cancel));
        Assert.Null(await client.StatsOnceAsync("x", Cancel));
        await client.StopContainerAsync("x", TimeSpan.Zero, Cancel);
        await client.RemoveContainerAsync("x", force: true, anonymousVolumes: true, Cancel);
        await client.RemoveNetworkAsync("x", Cancel);
        await client.RemoveVolumeAsync("x", Cancel);
        await client.RemoveImageAsync("x", Cancel);
        Assert.Equal((404, "No such thing"), await ErrorAsync(() => client.StartContainerAsync("x", Cancel)));
    }

    [Fact]
    public async Task Images_without_a_name_have_none_whatever_an_older_engine_writes()
    {
        var client = Answering(WireAnswer.Json(
            """[{"Id":"sha256:a","RepoTags":["<none>:<none>"],"RepoDigests":["a@sha256:1"],"Size":7},{"Id":"sha256:b","RepoTags":null},{"Id":null}]"""));

        var images = await client.ListImagesAsync(Cancel);

        Assert.Equal(["sha256:a", "sha256:b"], images.Select(image => image.Id));
        Assert.All(images, image => Assert.Empty(image.RepoTags));
        Assert.Equal(["a@sha256:1"], images[0].RepoDigests);
        Assert.Equal(7, images[0].Size);
    }

    [Theory]
    [InlineData("Up 2 minutes (healthy)", "healthy")]
    [InlineData("Up 2 minutes (unhealthy)", "unhealthy")]
    [InlineData("Up 1 second (health: starting)", "starting")]
    [InlineData("Up 2 minutes", null)]
    [InlineData("Exited (0) 3 days ago", null)]
    public async Task A_listing_tells_health_in_words_for_people(string status, string? health)
    {
        var client = Answering(WireAnswer.Json($$"""[{"Id":"a","Names":["/a"],"State":"running","Created":1700000000,"Status":"{{status}}"}]"""));

        var listed = Assert.Single(await client.ListContainersAsync([], Cancel));

        Assert.Equal(health, listed.Health);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1700000000), listed.CreatedAt);
    }

    [Fact]
    public async Task Already_in_that_state_is_fine()
    {
        var client = Answering(WireAnswer.Status(304));

        await client.StartContainerAsync("x", Cancel);
        await client.StopContainerAsync("x", TimeSpan.Zero, Cancel);
    }

    [Theory]
    [InlineData("""{"message":"  the engine's sentence\n"}""", "the engine's sentence")]
    [InlineData("<html>a proxy", "<html>a proxy")]
    [InlineData("", "The engine answered 500 X.")]
    [InlineData("{}", "The engine answered 500 X.")]
    [InlineData("[1]", "[1]")]
    public async Task An_error_is_the_engines_sentence_or_what_there_is_of_one(string body, string message) =>
        Assert.Equal((500, message), await ErrorAsync(() => Answering(WireAnswer.Json(body, 500)).InfoAsync(Cancel)));

    [Fact]
    public async Task An_endless_error_is_cut_off()
    {
        var client = Answering(WireAnswer.Json(new string('x', 5_000_000), 500));

        Assert.Equal(1000, (await ErrorAsync(() => client.InfoAsync(Cancel))).Message.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"NCPU\":\"many\"}")]
    [InlineData("{\"ID\":")]
    public async Task What_is_not_the_expected_JSON_is_an_error_that_names_the_call(string body)
    {
        var (status, message) = await ErrorAsync(() => Answering(WireAnswer.Json(body)).InfoAsync(Cancel));

        Assert.Equal(502, status);
        Assert.Contains("GET /info", message);
    }

    [Fact]
    public async Task Deep_JSON_is_an_error_and_no_crash()
    {
        var client = Answering(WireAnswer.Json("{\"Plugins\":" + string.Concat(Enumerable.Repeat("[", 100_000))));

        Assert.Equal(502, (await ErrorAsync(() => client.InfoAsync(Cancel))).Status);
    }

    [Fact]
    public async Task An_answer_over_the_limit_is_refused()
    {
        var megabyte = Encoding.ASCII.GetBytes(new string(' ', 1024 * 1024));
        var client = Answering(WireAnswer.Chunks([.. Enumerable.Repeat(megabyte, 70)]));

        Assert.Contains("limit of 64 MiB", (await ErrorAsync(() => client.ListContainersAsync([], Cancel))).Message);
    }

    [Fact]
    public async Task Unknown_fields_nulls_and_missing_fields_are_no_matter()
    {
        var containers = await Answering(WireAnswer.Json("""[{"Id":"a","Names":["/web/link","/web-1"],"New":{"x":[1]},"Labels":null},{}]""")).ListContainersAsync([], Cancel);
        Assert.Equal(["web-1", ""], containers.Select(c => c.Name));

        var details = await Answering(WireAnswer.Json(
            """{"Id":"a","Name":"/web-1","Created":"2026-11-22T10:40:18.898823881Z","State":{"Status":"exited","StartedAt":"0001-01-01T00:00:00Z","Health":{"Status":"none"}},"NetworkSettings":{"Networks":{"n":null}}}"""))
            .InspectContainerAsync("web-1", Cancel);
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 10, 40, 18, TimeSpan.Zero).AddTicks(8988238), details!.CreatedAt);
        Assert.Null(details.StartedAt);
        Assert.Null(details.Health);
        Assert.Equal("", details.Addresses["n"]);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}")]
    [InlineData("")]
    public async Task A_connection_that_breaks_is_told_as_such(string answer)
    {
        var client = Answering(WireAnswer.Raw(answer, close: true));

        var e = await Assert.ThrowsAsync<EngineUnavailableException>(() => client.InfoAsync(Cancel));

        Assert.Contains("broke during GET /info", e.Message);
        Assert.Contains("docker.sock", e.Message);
    }

    [Fact]
    public async Task What_does_not_speak_HTTP_is_told_as_such()
    {
        var client = Answering(WireAnswer.Raw("SSH-2.0-OpenSSH_9.2\r\n", close: true));

        Assert.Contains("does not speak HTTP", (await ErrorAsync(() => client.InfoAsync(Cancel))).Message);
    }

    [Fact]
    public async Task An_engine_that_hangs_is_given_up_at_the_deadline()
    {
        var clock = new TestClock();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (_, client) = Start(request =>
        {
            if (request.Path == "/version") return null;
            asked.SetResult();
            return WireAnswer.Never;
        }, clock);

        var call = client.InfoAsync(Cancel);
        await asked.Task.WaitAsync(Cancel);
        Assert.False(call.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(31));

        Assert.Contains("did not answer GET /info within 30 s", (await Assert.ThrowsAsync<EngineUnavailableException>(() => call)).Message);
    }

    [Fact]
    public async Task Cancelling_is_cancelling_and_no_failure_of_the_engine()
    {
        var client = Answering(WireAnswer.Never);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var call = client.InfoAsync(stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Without_a_socket_the_remedy_is_named()
    {
        using var client = new DockerEngineClient(EngineAddress.Parse("unix:///no/such/docker.sock"), TimeProvider.System);

        var e = await Assert.ThrowsAsync<EngineUnavailableException>(() => client.InfoAsync(Cancel));

        Assert.Equal(
            "The Docker Engine at unix:///no/such/docker.sock can't be reached: there is no such socket. " +
            "Install and start Docker (systemctl start docker), or set the engine's address.", e.Message);
    }

    [Fact]
    public async Task A_socket_without_a_listener_is_told_as_such()
    {
        var (server, client) = Start(_ => null);
        var path = server.Address.SocketPath!;
        await server.DisposeAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var dead = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0))
        {
            dead.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(path));

            Assert.Contains("nobody listens there", (await Assert.ThrowsAsync<EngineUnavailableException>(() => client.InfoAsync(Cancel))).Message);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
    }

    [Fact]
    public async Task After_a_broken_connection_the_next_call_makes_another()
    {
        var calls = 0;
        var (_, client) = Start(request => request.Path == "/version" ? null : ++calls == 1 ? WireAnswer.Raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", close: true) : WireAnswer.Json("{}"));

        await Assert.ThrowsAsync<EngineUnavailableException>(() => client.InfoAsync(Cancel));
        await client.InfoAsync(Cancel);
    }

    [Fact]
    public async Task A_removal_in_progress_is_waited_for()
    {
        var looks = 0;
        var (_, client) = Start(request => request.Method switch
        {
            "DELETE" => WireAnswer.Json("""{"message":"removal of container x is already in progress"}""", 409),
            _ when request.Path == "/version" => null,
            _ => ++looks < 3 ? WireAnswer.Json("""{"Id":"x"}""") : WireAnswer.Json("""{"message":"No such container"}""", 404),
        });

        await client.RemoveContainerAsync("x", force: true, anonymousVolumes: true, Cancel);

        Assert.Equal(3, looks);
    }

    private static async Task<(int Status, string Message)> ErrorAsync(Func<Task> call)
    {
        var e = await Assert.ThrowsAsync<EngineException>(call);
        return (e.Status, e.Message);
    }
}
