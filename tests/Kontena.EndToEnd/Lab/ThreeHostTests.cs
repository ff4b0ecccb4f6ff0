using System.Security.Cryptography;
using Kontena.EndToEnd.Platform;
using Xunit;

namespace Kontena.EndToEnd.Lab;

/// <summary>What a second and a third machine are for, through the client and on real engines.</summary>
[Collection(nameof(RunningLab))]
public sealed class ThreeHostTests
{
    private static readonly string[] All = ["trio.db-1", "trio.web-1", "trio.web-2", "trio.web-3"];
    private readonly RunningLab _lab;

    public ThreeHostTests(RunningLab lab)
    {
        Assert.SkipWhen(lab.Skip is not null, lab.Skip ?? "");
        Assert.SkipWhen(RunningLab.Hosts != 3, "these are three hosts' tests");
        _lab = lab;
    }

    [Fact]
    public async Task A_stack_spreads_over_hosts_survives_a_drain_and_a_lost_host_and_its_data_stays()
    {
        await _lab.MustAsync("stack", "install", _lab.Write("trio/kontena.yml", """
            stack: test/trio
            version: 0.1.0
            services:
              web:
                image: kontena-lab/web:1
                instances: 3
                deploy:
                  min_health: 0.5
                  wait_for_port: 80
              db:
                image: kontena-lab/web:1
                command: /bin/sleep 1000000
                stateful: true
                volumes:
                  - /data
            """));
        Assert.Equal(All, await NamesAsync());
        Assert.Equal([1, 2, 3], (await WebAsync()).Select(one => one.Host).Order());
        await UntilAllAnswerAsync([1, 2, 3], 3);
        await _lab.MustAsync("service", "exec", "--shell", "trio/db", "--", "echo kept > /data/file");
        var data = await HostOfDbAsync();
        var other = data % RunningLab.Hosts + 1;

        await _lab.MustAsync("node", "update", "--availability", "drain", $"h{other}");
        await Until.TrueAsync($"h{other} is empty and all run elsewhere", async () =>
            (await NamesAsync()).SequenceEqual(All) && (await WebAsync()).All(one => one.Host != other), seconds: 60);
        await _lab.MustAsync("node", "update", "--availability", "active", $"h{other}");
        await UntilAllAnswerAsync([1, 2, 3], 3);

        // The cord of the host with the data is pulled: the stateless run elsewhere, the data waits for its host.
        await _lab.MustLabAsync("kill", $"{data}");
        await Until.TrueAsync($"all of web run without h{data}", async () => (await NamesAsync()).SequenceEqual(All[1..]), seconds: 30);
        Assert.Contains("offline", await _lab.NodeStatusAsync(data));
        Assert.DoesNotContain("trio.db-1", await NamesAsync());
        await UntilAllAnswerAsync([.. Enumerable.Range(1, 3).Where(host => host != data)], 3);
        Assert.Empty(await _lab.ResolveAsync(other, "db.trio.default.kontena.local"));

        await _lab.MustLabAsync("start", $"{data}");
        await Until.TrueAsync($"h{data} is back and nothing runs twice", async () =>
            (await NamesAsync()).SequenceEqual(All) && (await _lab.NodeStatusAsync(data)).Contains("online", StringComparison.Ordinal), seconds: 60);
        Assert.Equal(data, await HostOfDbAsync());
        Assert.Equal("kept", (await _lab.MustAsync("service", "exec", "--shell", "trio/db", "--", "cat /data/file")).Trim());

        await _lab.MustAsync("stack", "rm", "--force", "trio");
        Assert.Empty(await NamesAsync());
    }

    /// <summary>Every host says the same of the service, and that is what runs.</summary>
    private Task UntilAllAnswerAsync(IReadOnlyList<int> hosts, int addresses) => Until.TrueAsync($"hosts {string.Join(", ", hosts)} answer {addresses} addresses", async () =>
    {
        var first = await _lab.ResolveAsync(hosts[0], "web.trio.default.kontena.local");
        var same = true;
        foreach (var host in hosts.Skip(1))
            same &= first.SequenceEqual(await _lab.ResolveAsync(host, "web.trio.default.kontena.local"));
        return same && first.Distinct().Count() == addresses;
    }, seconds: 20);

    [Fact]
    public async Task A_node_is_cut_off_by_another_token_and_let_in_with_it_and_its_agent_only_dials_out()
    {
        Assert.Contains("online", await _lab.NodeStatusAsync(3));
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        await _lab.MustAsync("node", "reset-token", "--force", "--token", token, "h3");
        await Until.TrueAsync("h3 is not heard any more", async () => !(await _lab.NodeStatusAsync(3)).Contains("online", StringComparison.Ordinal), seconds: 30);
        Assert.NotEqual(0, (await _lab.LabAsync("join", "3", "a-token-that-opens-nothing")).ExitCode);
        await _lab.MustLabAsync("join", "3", token);
        await Until.TrueAsync("h3 is online", async () => (await _lab.NodeStatusAsync(3)).Contains("online", StringComparison.Ordinal), seconds: 30);
        await Until.TrueAsync("no node lacks a way to another", async () => !(await _lab.MustAsync("node", "ls")).Contains("degraded", StringComparison.Ordinal), seconds: 60);

        var listening = (await _lab.MustLabAsync("exec", "3", "ss", "-Hltnup")).Split('\n').Where(socket => socket.Contains("Kontena.NodeAge", StringComparison.Ordinal))
            .Select(socket => socket.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4]).ToList();
        Assert.NotEmpty(listening);
        // Health on the loopback; names and measurements on the bridge of the grid.
        Assert.All(listening, address => Assert.Matches(@"^(127\.0\.0\.1|10\.81\.\d+\.1):", address));
    }

    private async Task<IReadOnlyList<string>> NamesAsync() => [.. (await _lab.RunningAsync("trio")).Select(one => one.Name)];

    private async Task<IReadOnlyList<(int Host, string Name)>> WebAsync() =>
        [.. (await _lab.RunningAsync("trio")).Where(one => one.Name.StartsWith("trio.web", StringComparison.Ordinal))];

    private async Task<int> HostOfDbAsync() => (await _lab.RunningAsync("trio")).Single(one => one.Name == "trio.db-1").Host;
}
