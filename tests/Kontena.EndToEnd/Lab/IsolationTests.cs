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
        var friends = (await _lab.RunningAsync("town")).Concat(await _lab.RunningAsync("vault")).Count(one => !one.Name.Contains("passer", StringComparison.Ordinal));
        var strangers = db.Concat(found).Where(name => name.Contains("passer", StringComparison.Ordinal)).ToList();
        return strangers.Count > 0 ? $"{string.Join(' ', strangers)} got through; {await WhereAsync()}"
            : silent.Concat(alsoSilent).FirstOrDefault() is { } one ? $"nothing could be tried from {one}"
            : friends != 9 || db.Count != 9 || found.Count != 9 ? $"{friends} may, these do: {string.Join(' ', db)}, these find it: {string.Join(' ', found)}"
            : front.Count != 12 ? $"what is exposed is reached by {string.Join(' ', front)} only"
            : null;
    }, seconds: 60);

    /// <summary>Where every container is, and what each host lets through: who got through when he should not have is told by it.</summary>
    private async Task<string> WhereAsync()
    {
        List<string> all = [];
        foreach (var (host, name) in (await _lab.RunningAsync("vault")).Concat(await _lab.RunningAsync("town")))
            all.Add($"h{host} {name} {(await _lab.LabAsync("docker", $"{host}", "inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", name)).Stdout.Trim()}");
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
        List<string> targets = [];
        var vault = await _lab.RunningAsync("vault");
        foreach (var (host, name) in vault.Where(one => one.Name.Contains($".{service}-", StringComparison.Ordinal)))
            targets.Add((await _lab.LabAsync("docker", $"{host}", "inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", name)).Stdout.Trim());
        List<string> who = [];
        List<string> found = [];
        List<string> silent = [];
        foreach (var (host, name) in vault.Concat(await _lab.RunningAsync("town")))
        {
            var tries = string.Join(' ', targets.Select(address => $"/bin/busybox nc -w 1 {address} 80 -e /bin/busybox true && r=$((r+1));"));
            var asked = await _lab.LabAsync("docker", $"{host}", "exec", name, "/bin/busybox", "sh", "-c",
                $"r=0; {tries} echo $r; /bin/busybox nslookup -type=a {service}.vault.default.kontena.local | /bin/busybox grep -c 'Address.*10[.]81[.][0-9]*[.][0-9]*$'");
            // The server's own address is told with its port, and not counted.
            if (asked.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries) is not [var reached, var answered])
            {
                silent.Add($"{name} on h{host}: {asked.Stderr.Trim()}");
                continue;
            }

            if (name.Contains("passer", StringComparison.Ordinal) && service == "db" ? reached is not "0" : reached == $"{targets.Count}" && targets.Count == 3)
                who.Add(name);
            if (answered is not "0")
                found.Add(name);
        }

        return (who, found, silent);
    }
}
