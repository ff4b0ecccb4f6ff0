using Kontena.Testing.Docker;

namespace Kontena.Docker.Tests.Engine;

public class LogTests(DockerEngine docker) : EngineTest(docker)
{
    [Fact]
    public async Task Lines_come_with_their_stream_and_time()
    {
        var before = TimeProvider.System.GetUtcNow();
        var id = await RunAsync(Tiny("sh", "-c", "echo one; echo two >&2; printf 'no end'"));

        // A followed stream ends with its container, at times before that one's last words.
        await LinesAsync(id, follow: true);
        var lines = await LinesAsync(id, follow: false);

        Assert.Equal(["no end", "one"], lines.Where(l => l.Stream == "stdout").Select(l => l.Text).Order());
        Assert.Equal("two", Assert.Single(lines, l => l.Stream == "stderr").Text);
        Assert.All(lines, l => Assert.InRange(l.At, before.AddSeconds(-1), TimeProvider.System.GetUtcNow().AddSeconds(1)));
    }

    [Fact]
    public async Task Followed_lines_come_while_the_container_runs()
    {
        var id = await RunAsync(Tiny("sh", "-c", "echo first; while [ ! -e /go ]; do sleep 0.05; done; echo second"));
        var texts = new List<string>();

        await foreach (var line in Engine.LogsAsync(id, since: null, tail: null, follow: true, Cancel))
        {
            texts.Add(line.Text);
            if (line.Text == "first") await ExecAsync(id, "touch", "/go");
        }

        Assert.Equal(["first", "second"], texts);
    }

    [Fact]
    public async Task Following_a_silent_container_ends_when_cancelled()
    {
        var id = await RunAsync(Tiny());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var lines = Engine.LogsAsync(id, since: null, tail: null, follow: true, stop.Token).GetAsyncEnumerator(Cancel);
        var next = lines.MoveNextAsync().AsTask();

        Assert.NotSame(next, await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Cancel)));
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        await lines.DisposeAsync();
    }

    [Fact]
    public async Task A_line_over_the_engines_16_KiB_comes_whole()
    {
        var id = await RunAsync(Tiny("sh", "-c", "head -c 50000 /dev/zero | tr '\\000' a; echo; head -c 100000 /dev/zero | tr '\\000' b; echo; echo end"));

        var texts = (await LinesAsync(id, follow: true)).Select(l => l.Text).ToList();

        Assert.Equal(new string('a', 50000), texts[0]);
        Assert.Equal(new string('b', 100000), string.Concat(texts.Skip(1).SkipLast(1)));
        Assert.Equal("end", texts[^1]);
        Assert.Equal(4, texts.Count);
    }

    [Fact]
    public async Task A_tail_and_a_time_choose_lines()
    {
        var id = await RunAsync(Tiny("sh", "-c", "for i in 1 2 3 4 5; do echo $i; sleep 0.02; done"));
        var all = await LinesAsync(id, follow: true);

        Assert.Equal(["4", "5"], (await LinesAsync(id, follow: false, tail: 2)).Select(l => l.Text));
        Assert.Equal(["3", "4", "5"], (await LinesAsync(id, follow: false, since: all[2].At)).Select(l => l.Text));
        Assert.Empty(await LinesAsync(id, follow: false, since: all[^1].At.AddSeconds(1)));
    }

    [Fact]
    public async Task Thousands_of_lines_come_all_and_in_order()
    {
        var id = await RunAsync(Tiny("seq", "20000"));

        var texts = (await LinesAsync(id, follow: true)).Select(l => l.Text);

        Assert.Equal(Enumerable.Range(1, 20000).Select(i => i.ToString()), texts);
    }

    [Fact]
    public async Task Logs_of_nothing_are_404()
    {
        var e = await Assert.ThrowsAsync<EngineException>(() => LinesAsync("no-such-container", follow: false));

        Assert.Equal(404, e.Status);
    }

    private async Task<List<ContainerLogLine>> LinesAsync(string container, bool follow, int? tail = null, DateTimeOffset? since = null)
    {
        var lines = new List<ContainerLogLine>();
        await foreach (var line in Engine.LogsAsync(container, since, tail, follow, Cancel)) lines.Add(line);
        return lines;
    }
}
