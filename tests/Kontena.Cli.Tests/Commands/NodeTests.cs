using Kontena.Cli.Commands.Nodes;
using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Commands;

public sealed class NodeTests : CliTest
{
    [Fact]
    public async Task Ls_sorts_by_number_and_shows_health()
    {
        Master.On("GET", "/v1/grids/main/nodes", $$"""{"nodes":[{{Some.Node("core-02", 2, "offline")}},{{Some.Node()}}]}""");
        Assert.Equal(0, await RunAsync("node", "ls"));
        var lines = Out.Split('\n');
        Assert.Matches("^NAME +VERSION +STATUS +INITIAL +LABELS$", lines[0]);
        Assert.Matches("^⊛ core-01 +0.1.0 +online [0-9]+d +1 / 3 +region=eu$", lines[1]);
        Assert.Matches("^⊝ core-02 +0.1.0 +offline [0-9]+d", lines[2]);
    }

    [Fact]
    public async Task Ls_of_every_grid_prefixes_the_names()
    {
        Master.On("GET", "/v1/grids", """{"grids":[{"name":"a"},{"name":"b"}]}""")
            .On("GET", "/v1/grids/a/nodes", $$"""{"nodes":[{{Some.Node("n1")}}]}""").On("GET", "/v1/grids/b/nodes", """{"nodes":[]}""");
        Assert.Equal(0, await RunAsync("node", "ls", "-a", "-q"));
        Assert.Equal("a/n1\n", Out);
    }

    [Fact]
    public async Task Ls_json_carries_the_connection() 
    {
        Master.On("GET", "/v1/grids/main/nodes", $$"""{"nodes":[{{Some.Node()}}]}""");
        Assert.Equal(0, await RunAsync("node", "ls", "--json"));
        Assert.Contains("\"connected\": true", Out);
    }

    [Fact]
    public async Task Show_prints_the_block()
    {
        Master.On("GET", "/v1/nodes/main/core-01", Some.Node());
        Assert.Equal(0, await RunAsync("node", "show", "core-01"));
        Assert.StartsWith("main/core-01:\n  id: ABCD:EFGH\n  agent version: 0.1.0\n", Out);
        Assert.Contains("  labels:\n    - region=eu\n", Out);
        Assert.Contains("    memory: 1.0 of 4.0 GB\n    filesystem:\n      - /var/lib/docker: 1.0 of 2.0 GB\n", Out);
    }

    [Fact]
    public async Task Update_sends_labels_and_availability()
    {
        Master.On("PUT", "/v1/nodes/main/a", Some.Node("a")).On("PUT", "/v1/nodes/main/b", Some.Node("b"));
        Assert.Equal(0, await RunAsync("node", "update", "-l", "x=1", "-l", "y=2", "--availability", "drain", "a", "b"));
        Assert.Contains("\"labels\":[\"x=1\",\"y=2\"],\"availability\":\"drain\"", Master.BodyOf("PUT", "/v1/nodes/main/a"));
        Assert.True(Master.Got("PUT", "/v1/nodes/main/b"));
    }

    [Fact]
    public async Task Drain_waits_for_the_end_and_says_what_stays_and_why()
    {
        Master.On("PUT", "/v1/nodes/main/a", Some.Node("a")).On("GET", "/v1/nodes/main/a", Drained("""
            "finished_at":"2026-03-01T12:00:09.000Z","instances":3,"left":[{"name":"shop.db-1","state":"stays","reason":"stopped: its data is here"}]
            """));
        Assert.Equal(0, await RunAsync("node", "drain", "a"));
        Assert.Contains("\"availability\":\"drain\"", Master.BodyOf("PUT", "/v1/nodes/main/a"));
        Assert.Equal("a: done, 2 instances left it, shop.db-1 stays\n  shop.db-1: stopped: its data is here\n", Out);
    }

    [Fact]
    public async Task Drain_that_is_not_done_in_time_fails_and_names_what_blocks()
    {
        Master.On("PUT", "/v1/nodes/main/a", Some.Node("a")).On("GET", "/v1/nodes/main/a", Drained("""
            "instances":7,"left":[{"name":"shop.web-1","state":"blocked","reason":"no node for shop.web-1"},{"name":"shop.web-2","state":"waiting","reason":"soon"}]
            """));
        Assert.Equal(1, await RunAsync("node", "drain", "--timeout", "1", "a"));
        Assert.Contains("a: draining, 2 of 7 instances left, blocked by shop.web-1\n  shop.web-1: no node for shop.web-1\n", Out);
        Assert.Contains("kontena node activate a", Error);
        Assert.Equal(1, await RunAsync("node", "drain", "--timeout", "soon", "a"));
        Assert.Contains("expected seconds from 1 to 86400", Error);
    }

    [Fact]
    public async Task Activate_ends_a_drain_and_forget_agent_is_sent_only_when_asked_for()
    {
        Master.On("PUT", "/v1/nodes/main/a", Some.Node("a"));
        Assert.Equal(0, await RunAsync("node", "activate", "a"));
        Assert.Contains("\"availability\":\"active\"", Master.BodyOf("PUT", "/v1/nodes/main/a"));
        Assert.DoesNotContain("forget", Master.BodyOf("PUT", "/v1/nodes/main/a"));
        Assert.Equal(0, await RunAsync("node", "update", "--forget-agent", "a"));
        Assert.Contains("\"forget_agent\":true", Master.BodyOf("PUT", "/v1/nodes/main/a"));
    }

    [Fact]
    public async Task What_is_wrong_with_a_node_is_seen_in_ls_and_show()
    {
        var node = Some.Node().TrimEnd()[..^1] + ""","degraded":true,"version_skew":"older","clock_ahead":-252,"warnings":["the container engine can't be asked: no"]}""";
        Master.On("GET", "/v1/grids/main/nodes", $$"""{"nodes":[{{node}}]}""").On("GET", "/v1/nodes/main/core-01", node);
        Assert.Equal(0, await RunAsync("node", "ls"));
        Assert.Matches("^⊙ core-01 +0.1.0 \\(older\\) +online [0-9]+d \\(degraded\\)", Out.Split('\n')[1]);
        Assert.Equal(0, await RunAsync("node", "show", "core-01"));
        Assert.Contains("  clock: 4 m 12 s behind\n", Out);
        Assert.Contains("  warnings:\n    - the container engine can't be asked: no\n", Out);
    }

    private static string Drained(string drain) =>
        Some.Node("a").Replace("\"availability\":\"active\"", "\"availability\":\"drain\"", StringComparison.Ordinal).TrimEnd()[..^1]
        + ",\"drain\":{\"started_at\":\"2026-03-01T12:00:00.000Z\"," + drain + "}}";

    [Fact]
    public async Task Update_refuses_an_unknown_availability()
    {
        Assert.Equal(1, await RunAsync("node", "update", "--availability", "gone", "a"));
        Assert.Contains("expected active or drain", Error);
    }

    [Fact]
    public async Task Labels_are_added_once_and_removed()
    {
        Master.On("GET", "/v1/nodes/main/a", Some.Node("a")).On("PUT", "/v1/nodes/main/a", Some.Node("a"));
        Assert.Equal(0, await RunAsync("node", "label", "add", "a", "region=eu", "ssd"));
        Assert.Contains("\"labels\":[\"region=eu\",\"ssd\"]", Master.BodyOf("PUT", "/v1/nodes/main/a"));
        Assert.Equal(1, await RunAsync("node", "label", "rm", "a", "nope"));
        Assert.Contains("Node a has no label nope", Error);
        Assert.Equal(0, await RunAsync("node", "label", "rm", "a", "region=eu"));
        Assert.Contains("\"labels\":[]", Master.BodyOf("PUT", "/v1/nodes/main/a"));
        Assert.Equal(0, await RunAsync("node", "label", "ls", "a"));
        Assert.Equal("region=eu\n", Out);
    }

    [Fact]
    public async Task Rm_refuses_a_connected_node_and_removes_another()
    {
        Master.On("GET", "/v1/nodes/main/a", Some.Node("a")).On("GET", "/v1/nodes/main/b", Some.Node("b", 2, "offline")).On("DELETE", "/v1/nodes/main/b", "{}");
        Assert.Equal(1, await RunAsync("node", "rm", "--force", "a"));
        Assert.Contains("Node a is still connected", Error);
        Assert.Equal(0, await RunAsync("node", "rm", "--force", "b"));
    }

    [Fact]
    public async Task Create_prints_the_line_that_joins_the_machine()
    {
        Master.On("POST", "/v1/grids/main/nodes", Some.Node("a")).On("GET", "/v1/nodes/main/a/token", "{\"id\":\"main/a\",\"token\":\"the-token-of-node-a\"}");
        Assert.Equal(0, await RunAsync("node", "create", "-l", "x=1", "--expires-in", "600", "a"));
        Assert.Contains("\"labels\":[\"x=1\"],\"availability\":null,\"expires_in\":600", Master.BodyOf("POST", "/v1/grids/main/nodes"));
        Assert.Matches("^sudo kontena-agent join http://127.0.0.1:[0-9]+ the-token-of-node-a\n$", Out);
        Assert.Contains("is this machine alone", Error);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_line_that_installs_runs_the_script_that_was_seen_and_no_other()
    {
        var folder = Directory.CreateTempSubdirectory("kontena-line-").FullName;
        try
        {
            // The shell of the machine, with a curl and a sudo on paper.
            Write("curl", "cat \"$(dirname \"$0\")/script\"");
            Write("sudo", "exec \"$@\"");
            const string Script = "#!/bin/sh\necho \"joins $* by $KONTENA_TOKEN\"\nexit 3\n\n";
            Write("script", Script);
            var line = JoinLine.Installing("https://master:9442", Script, "token", " --ca-fingerprint ab");
            Assert.Equal((3, "joins https://master:9442 --ca-fingerprint ab by token\n"), await ShellAsync(line));
            Write("script", "#!/bin/sh\necho evil\n");
            Assert.Equal((1, ""), await ShellAsync(line));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        void Write(string name, string text)
        {
            File.WriteAllText(Path.Combine(folder, name), name == "script" ? text : $"#!/bin/sh\n{text}\n");
            File.SetUnixFileMode(Path.Combine(folder, name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        async Task<(int Status, string Said)> ShellAsync(string line)
        {
            var start = new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", line]) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["PATH"] = $"{folder}:/usr/bin:/bin";
            using var shell = System.Diagnostics.Process.Start(start)!;
            var said = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (shell.ExitCode, said);
        }
    }

    [Fact]
    public async Task Reset_token_shuts_the_agent_out_unless_told_not_to()
    {
        Master.On("PUT", "/v1/nodes/main/a/token", "{\"id\":\"main/a\",\"token\":\"another-token-of-a\"}").On("DELETE", "/v1/nodes/main/a/token", "{}");
        Assert.Equal(0, await RunAsync("node", "reset-token", "--force", "a"));
        Assert.Contains("\"reset_connection\":true", Master.BodyOf("PUT", "/v1/nodes/main/a/token"));
        Assert.Contains("another-token-of-a", Out);
        Assert.Equal(0, await RunAsync("node", "reset-token", "--force", "--clear-token", "--no-reset-connection", "a"));
        Assert.Contains("\"reset_connection\":false", Master.BodyOf("DELETE", "/v1/nodes/main/a/token"));
        Assert.Equal(1, await RunAsync("node", "reset-token", "--clear-token", "--token", "x", "a"));
    }
}
