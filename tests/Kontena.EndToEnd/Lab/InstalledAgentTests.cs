using System.Diagnostics;
using System.Text.RegularExpressions;
using Kontena.EndToEnd.Platform;
using Xunit;

namespace Kontena.EndToEnd.Lab;

/// <summary>A machine that has systemd and an engine is made a node as a person does it: by the line that the client prints, at its prompt.</summary>
[Collection(nameof(RunningLab))]
public sealed partial class InstalledAgentTests
{
    private const string Unit = "kontena-node-agent";
    private readonly RunningLab _lab;

    public InstalledAgentTests(RunningLab lab)
    {
        Assert.SkipWhen(lab.Skip is not null, lab.Skip ?? "");
        Assert.SkipWhen(!File.Exists("/usr/bin/systemd-nspawn"), "systemd-container is not installed");
        _lab = lab;
    }

    [Fact]
    public async Task The_printed_line_makes_a_machine_a_node_and_a_name_exists_while_its_agent_restarts()
    {
        await _lab.LeaveAsync(3);
        try
        {
            await InstallAsync();
        }
        finally
        {
            await _lab.LabAsync("kontena", "service", "rm", "--force", "spread");
            await _lab.LabAsync("kontena", "service", "rm", "--force", "asker");
            await _lab.MustLabAsync("systemd", "3", "--off");
            await Until.TrueAsync("core-01 is off", async () => !NodeLine().IsMatch(await _lab.MustAsync("node", "ls")), seconds: 30);
            await _lab.LabAsync("kontena", "node", "rm", "--force", "core-01");
            await _lab.ReturnAsync(3);
        }
    }

    private async Task InstallAsync()
    {
        await _lab.MustLabAsync("systemd", "3", "true");

        var line = (await _lab.MustAsync("node", "create", "core-01")).Split('\n').Single(text => text.Contains("install.sh", StringComparison.Ordinal));
        var joined = await _lab.MustLabAsync("systemd", "3", "sh", "-c", line);
        var since = Stopwatch.StartNew();
        await Until.TrueAsync("core-01 is online", async () => NodeLine().IsMatch(await _lab.MustAsync("node", "ls")) ? null : joined, seconds: 10);
        TestContext.Current.TestOutputHelper?.WriteLine($"online {since.Elapsed.TotalSeconds:0.0} s after the line");
        Assert.Equal("active", (await _lab.MustLabAsync("systemd", "3", "systemctl", "is-active", Unit)).Trim());
        Assert.Equal("enabled", (await _lab.MustLabAsync("systemd", "3", "systemctl", "is-enabled", Unit)).Trim());
        Assert.Contains("installed already", await _lab.MustLabAsync("systemd", "3", "sh", "-c", line));

        // A new node is degraded until its network is made, and degraded nodes are passed over.
        await Until.TrueAsync("core-01 lacks nothing", async () => InOrder().IsMatch(await _lab.MustAsync("node", "ls")) ? null : await _lab.MustAsync("node", "show", "core-01"), seconds: 60);

        await _lab.MustAsync("service", "create", "--instances", "3", "--deploy-wait-for-port", "80", "spread", "kontena-lab/web:1");
        await _lab.MustAsync("service", "create", "--affinity", "node==core-01", "asker", "kontena-lab/web:1");
        await _lab.MustAsync("service", "deploy", "spread");
        await _lab.MustAsync("service", "deploy", "asker");
        var here = Assert.Single(await _lab.ContainersAsync("null"), one => one.Service == "asker");
        // A question waits for its answer as long as the engine lets it; nobody is told that the name does not exist.
        var asked = _lab.ShellAsync(here, "i=0; while [ $i -lt 200 ]; do i=$((i+1)); said=$(nslookup -type=a spread.default.kontena.local 2>&1); case $said in *NXDOMAIN*) echo gone;; *Address*10.81.*) ;; *) echo late;; esac; sleep 0.05; done; echo done");
        await _lab.MustLabAsync("systemd", "3", "systemctl", "restart", Unit);
        await _lab.MustLabAsync("systemd", "3", "systemctl", "kill", "--signal=KILL", Unit);
        var answers = await asked;
        Assert.EndsWith("done", answers.Trim(), StringComparison.Ordinal);
        Assert.DoesNotContain("gone", answers, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine($"{answers.Split("late").Length - 1} questions of 200 were not answered in time while the agent was restarted and killed");
    }

    [GeneratedRegex("core-01 .*online")]
    private static partial Regex NodeLine();

    [GeneratedRegex(@"core-01 .*online(?! \(degraded\))")]
    private static partial Regex InOrder();
}
