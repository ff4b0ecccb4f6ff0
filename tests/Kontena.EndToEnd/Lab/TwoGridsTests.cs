using Kontena.EndToEnd.Platform;
using Xunit;

namespace Kontena.EndToEnd.Lab;

/// <summary>Two grids of one master, on hosts of one wire, with the same subnet.</summary>
[Collection(nameof(RunningLab))]
public sealed class TwoGridsTests
{
    private readonly RunningLab _lab;

    public TwoGridsTests(RunningLab lab)
    {
        Assert.SkipWhen(lab.Skip is not null, lab.Skip ?? "");
        _lab = lab;
    }

    [Fact]
    public async Task Containers_of_one_grid_reach_none_of_the_other_and_find_no_name_of_it()
    {
        await _lab.LeaveAsync(3);
        await _lab.MustAsync("grid", "create", "--subnet", "10.81.0.0/16", "--overlay-driver", "direct", "other");
        await _lab.MustAsync("grid", "use", "default");
        try
        {
            await KeptApartAsync();
        }
        finally
        {
            await _lab.LabAsync("exec", "3", "ip", "route", "del", "10.81.2.0/24", "via", "10.99.0.12");
            await _lab.LabAsync("kontena", "service", "rm", "--force", "oak");
            await _lab.LabAsync("kontena", "service", "rm", "--force", "--grid", "other", "elm");
            await _lab.LeaveAsync(3, "other");
            await _lab.MustAsync("grid", "rm", "--force", "other");
            await _lab.ReturnAsync(3);
        }
    }

    private async Task KeptApartAsync()
    {
        await _lab.MustAsync("grid", "update", "--overlay-driver", "direct", "default");
        var token = (await _lab.MustAsync("grid", "show", "--token", "other")).Trim().Split(' ', '\n')[^1];
        await _lab.MustLabAsync("join", "3", token);
        await Until.TrueAsync("h3 is a node of the other grid", async () => (await _lab.NodeStatusAsync(3, "other")).Contains("online", StringComparison.Ordinal), seconds: 30);

        await CreateAsync("oak", "default", instances: 2);
        await CreateAsync("elm", "other", instances: 1);
        var here = (await _lab.ContainersAsync("null")).Where(one => one.Service == "oak").ToList();
        var there = Assert.Single(await _lab.ContainersAsync("null", "other"));
        Assert.Equal([1, 2], here.Select(one => one.Host).Order());
        Assert.Equal(3, there.Host);
        await NobodyAsync(here, there);

        // A way that somebody has made by hand is none.
        await _lab.MustLabAsync("exec", "3", "sh", "-c", "ip route add 10.81.2.0/24 via 10.99.0.12");
        await NobodyAsync(here, there);
    }

    private async Task CreateAsync(string service, string grid, int instances)
    {
        await _lab.MustAsync("service", "create", "--grid", grid, "--instances", $"{instances}", "--deploy-wait-for-port", "80", service, "kontena-lab/web:1");
        await _lab.MustAsync("service", "deploy", "--grid", grid, service);
    }

    private async Task NobodyAsync(List<LabContainer> here, LabContainer there)
    {
        // Those of one grid reach each other, and find themselves.
        var ask = $"printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 1 {here[1].Address} 80; getent ahostsv4 oak";
        await Until.TrueAsync("oak reaches oak", async () =>
            await _lab.ShellAsync(here[0], ask) is var said && said.Contains($"oak-{here[1].Number}", StringComparison.Ordinal) && said.Contains(here[1].Address, StringComparison.Ordinal) ? null : said, seconds: 60);
        Assert.Contains(there.Address, await _lab.ShellAsync(there, "getent ahostsv4 elm"), StringComparison.Ordinal);
        foreach (var (asker, asked) in here.Select(one => (one, there)).Concat(here.Where(one => one.Host == 2).Select(one => (there, one))))
        {
            // The same address may be one of its own grid.
            var name = await _lab.ShellAsync(asker, $"printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 1 {asked.Address} 80 | tail -n 1; getent hosts {asked.Service}.{(asked == there ? "other" : "default")}.kontena.local");
            Assert.DoesNotContain($"{asked.Service}-{asked.Number}", name, StringComparison.Ordinal);
            Assert.DoesNotContain(asked.Address, name, StringComparison.Ordinal);
        }

    }
}
