using Kontena.EndToEnd.Platform;
using Xunit;

namespace Kontena.EndToEnd.Lab;

/// <summary>A private stack among others, over three hosts: each has instances of both, so that packets go over the wire and over one bridge.</summary>
[Collection(nameof(RunningLab))]
public sealed class IsolationTests
{
    private readonly RunningLab _lab;

    public IsolationTests(RunningLab lab)
    {
        Assert.SkipWhen(lab.Skip is not null, lab.Skip ?? "");
        _lab = lab;
    }

    [Fact]
    public async Task A_private_stack_is_reached_by_its_own_by_who_has_a_link_and_where_it_exposes_and_by_nobody_else()
    {
        await _lab.MustAsync("stack", "install", _lab.Write("vault/kontena.yml", """
            stack: test/vault
            version: 0.1.0
            expose: front
            networks: private
            services:
              front:
                image: kontena-lab/web:1
                instances: 3
                deploy:
                  wait_for_port: 80
              db:
                image: kontena-lab/web:1
                instances: 3
                deploy:
                  wait_for_port: 80
            """));
        await _lab.MustAsync("stack", "install", _lab.Write("town/kontena.yml", """
            stack: test/town
            version: 0.1.0
            services:
              passer:
                image: kontena-lab/web:1
                instances: 3
                deploy:
                  wait_for_port: 80
              friend:
                image: kontena-lab/web:1
                instances: 3
                links:
                  - vault/db
                deploy:
                  wait_for_port: 80
            """));
        Assert.Contains("networks: private", await _lab.MustAsync("service", "show", "vault/db"), StringComparison.Ordinal);
        Assert.DoesNotContain("networks: private", await _lab.MustAsync("service", "show", "vault/front"), StringComparison.Ordinal);

        await KeptAsync("installed");
        await _lab.MustLabAsync("exec", "2", "sh", "-c", "iptables -w -F; iptables -w -t nat -F POSTROUTING; iptables -w -t mangle -F");
        await KeptAsync("the firewall of h2 was flushed");
        await _lab.MustLabAsync("kill", "3", "agent");
        await _lab.MustLabAsync("start", "3");
        await KeptAsync("the agent of h3 started again");
        await _lab.MustLabAsync("kill", "1", "engine");
        await _lab.MustLabAsync("start", "1");
        await KeptAsync("the engine of h1 started again");

        await _lab.MustAsync("stack", "upgrade", "vault", _lab.Write("vault/open.yml", """
            stack: test/vault
            version: 0.2.0
            expose: front
            services:
              front:
                image: kontena-lab/web:1
                instances: 3
              db:
                image: kontena-lab/web:1
                instances: 3
            """));
        await Until.TrueAsync("it is open once it says so", async () => (await WhoReachesAsync("db")).Who.Count == 12, seconds: 60);
        Assert.DoesNotContain("kontena-iso", await _lab.MustLabAsync("exec", "1", "iptables", "-w", "-S"), StringComparison.Ordinal);
        await _lab.MustAsync("stack", "rm", "--force", "town");
        await _lab.MustAsync("stack", "rm", "--force", "vault");
    }

    private Task KeptAsync(string when) => Until.TrueAsync($"only those reach it who may ({when})", async () =>
    {
        var (db, found, silent) = await WhoReachesAsync("db");
        var (front, _, alsoSilent) = await WhoReachesAsync("front");
        var friends = (await AllAsync()).Count(one => one.Service != "passer");
        var strangers = db.Concat(found).Where(name => name.Contains("passer", StringComparison.Ordinal)).ToList();
        return strangers.Count > 0 ? $"{string.Join(' ', strangers)} got through; {await WhereAsync()}"
            : silent.Concat(alsoSilent).FirstOrDefault() is { } one ? $"nothing could be tried from {one}"
            : friends != 9 || db.Count != 9 || found.Count != 9 ? $"{friends} may, these do: {string.Join(' ', db)}, these find it: {string.Join(' ', found)}"
            : front.Count != 12 ? $"what is exposed is reached by {string.Join(' ', front)} only"
            : null;
    }, seconds: 60);

    private async Task<IReadOnlyList<LabContainer>> AllAsync() => [.. await _lab.ContainersAsync("vault"), .. await _lab.ContainersAsync("town")];

    /// <summary>Where every container is, and what each host lets through: who got through when he should not have is told by it.</summary>
    private async Task<string> WhereAsync()
    {
        List<string> all = [.. (await AllAsync()).Select(one => $"h{one.Host} {one.Name} {one.Address}")];
        for (var host = 1; host <= RunningLab.Hosts; host++)
            all.Add($"h{host}: {(await _lab.LabAsync("exec", $"{host}", "sh", "-c", "iptables -w -t mangle -S | grep -i iso; iptables -w -S | grep -i iso; sysctl net.bridge.bridge-nf-call-iptables")).Stdout}");
        return string.Join('\n', all);
    }

    /// <summary>
    /// Containers that reach all instances of the service at their addresses, or one at least for those that may not; those that are answered its name; and those that nothing could
    /// be run in, which tells neither.
    /// </summary>
    private async Task<(List<string> Who, List<string> Found, List<string> Silent)> WhoReachesAsync(string service)
    {
        var all = await AllAsync();
        var targets = all.Where(one => (one.Stack, one.Service) == ("vault", service)).Select(one => one.Address).ToList();
        // All at once, in each container too: a way that is closed takes its time, and one that is open does where everybody asks at once.
        var tries = string.Concat(targets.Select(address => $"(/bin/busybox nc -w 3 {address} 80 -e /bin/busybox true && echo reached) & "));
        var said = await Task.WhenAll(all.Select(one => _lab.ShellAsync(
            one, $"{tries} wait; /bin/busybox nslookup -type=a {service}.vault.default.kontena.local | /bin/busybox grep 'Address.*10[.]81[.][0-9]*[.][0-9]*$'; echo done")));
        List<string> who = [];
        List<string> found = [];
        List<string> silent = [];
        foreach (var (one, lines) in all.Zip(said.Select(text => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))))
        {
            if (lines is not [.., "done"])
            {
                silent.Add($"{one.Name} on h{one.Host}: {string.Join(' ', lines)}");
                continue;
            }

            var reached = lines.Count(line => line == "reached");
            if (one.Service == "passer" && service == "db" ? reached > 0 : reached == targets.Count && targets.Count == 3)
                who.Add(one.Name);
            // The server's own address is told with its port, and not counted.
            if (lines.Any(line => line.StartsWith("Address", StringComparison.Ordinal)))
                found.Add(one.Name);
        }

        return (who, found, silent);
    }
}
