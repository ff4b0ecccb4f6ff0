using System.Text.Json;
using Kontena.EndToEnd.Platform;
using Xunit;

namespace Kontena.EndToEnd.Lab;

/// <summary>One network over three hosts, whatever carries it and whatever happens to it.</summary>
[Collection("one engine")]
public sealed class NetworkTests : IClassFixture<RunningLab>
{
    private readonly RunningLab _lab;

    public NetworkTests(RunningLab lab)
    {
        Assert.SkipWhen(lab.Skip is not null, lab.Skip ?? "");
        _lab = lab;
    }

    [Fact]
    public async Task Every_container_reaches_every_other_from_its_own_address_by_every_driver_and_after_every_fault()
    {
        // A page that says who asked.
        const string Serve = """
            /bin/busybox sh -c "mkdir -p /www/cgi-bin; (echo '#!/bin/busybox sh'; echo 'echo; echo $$REMOTE_ADDR') >/www/cgi-bin/who; /bin/busybox chmod +x /www/cgi-bin/who; exec /bin/busybox httpd -f -p 0.0.0.0:80 -h /www"
            """;
        await _lab.MustAsync("stack", "install", _lab.Write("net/kontena.yml", $$"""
            stack: test/net
            version: 0.1.0
            services:
              web:
                image: kontena-lab/web:1
                instances: 3
                command: >-
                  {{Serve}}
                deploy:
                  wait_for_port: 80
              api:
                image: kontena-lab/web:1
                instances: 2
                command: >-
                  {{Serve}}
                deploy:
                  wait_for_port: 80
              db:
                image: kontena-lab/web:1
                stateful: true
                command: >-
                  {{Serve}}
                volumes:
                  - /data
            """));
        Assert.Equal(6, (await _lab.RunningAsync("net")).Count);

        foreach (var driver in new[] { "vxlan", "direct", "wireguard" })
        {
            await _lab.MustAsync("grid", "update", "--overlay-driver", driver, "default");
            await Until.TrueAsync($"all nodes use {driver}", async () => (await PairsAsync()).All(pair => pair.Driver == driver && pair.Reached), seconds: 60);
            await AllReachAllAsync(driver);
        }

        const string Key = "for i in /sys/class/net/kontena-w*; do wg show ${i##*/} public-key; done";
        var key = await _lab.MustLabAsync("exec", "1", "sh", "-c", Key);
        await _lab.MustAsync("node", "rotate-key", "h1");
        await Until.TrueAsync("h1 uses another key", async () => await _lab.MustLabAsync("exec", "1", "sh", "-c", Key) != key);
        await AllReachAllAsync("h1 has another key");

        await _lab.MustLabAsync("exec", "1", "sh", "-c", "for d in /proc/[0-9]*; do read -r c <$d/comm; if [ \"$c\" = wireguard-go ]; then kill -9 ${d#/proc/}; fi; done; ip link del $(ip -br link | grep -o 'kontena-w[0-9a-f]*') 2>/dev/null; true");
        await AllReachAllAsync("the tunnel of h1 died");
        await _lab.MustLabAsync("exec", "2", "sh", "-c", "iptables -w -F; iptables -w -t nat -F POSTROUTING; iptables -w -t mangle -F");
        await AllReachAllAsync("the firewall of h2 was flushed");
        await _lab.MustLabAsync("kill", "3", "engine");
        await _lab.MustLabAsync("start", "3");
        await AllReachAllAsync("the engine of h3 started again");
        await _lab.MustLabAsync("kill", "2");
        await _lab.MustLabAsync("start", "2");
        await AllReachAllAsync("h2 was rebooted");
        await _lab.MustLabAsync("exec", "3", "sh", "-c", "ip addr add 10.99.0.93/24 dev eth0; ip addr del 10.99.0.13/24 dev eth0; ip addr replace 10.99.0.93/24 dev eth0");
        await AllReachAllAsync("h3 has another address");

        var web = (await _lab.RunningAsync("net"))[0];
        var broker = Environment.GetEnvironmentVariable("KONTENA_RABBITMQ_PORT") ?? "5682";
        Assert.False(await ConnectsAsync(web, broker));
        // Not because it could not be reached: until the rules are put back, it is.
        await Until.TrueAsync("the broker is reached when the rules are away", async () =>
        {
            await _lab.MustLabAsync("exec", $"{web.Host}", "sh", "-c", "iptables -w -F \"$(iptables -w -S | grep -o '^-N kontena-fwd-.*' | cut -c4-)\"");
            return await ConnectsAsync(web, broker);
        });
        await Until.TrueAsync("the broker is closed again", async () => !await ConnectsAsync(web, broker));
        await _lab.MustAsync("stack", "rm", "--force", "net");
    }

    private Task AllReachAllAsync(string when) =>
        Until.TrueAsync($"all containers reach all ({when})", WhoDoesNotReachAsync, seconds: 120);

    /// <summary>The first that is missing, or that does not reach another from its own address; null when all reach all.</summary>
    private async Task<string?> WhoDoesNotReachAsync()
    {
        var running = await _lab.RunningAsync("net");
        if (running.Count != 6)
            return $"{running.Count} of 6 run";
        var addresses = new Dictionary<string, string>();
        foreach (var (host, name) in running)
        {
            // One that just moved is gone from here by now.
            var inspected = await _lab.LabAsync("docker", $"{host}", "inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", name);
            if (inspected.ExitCode != 0)
                return inspected.ToString();
            addresses[name] = inspected.Stdout.Trim();
        }

        foreach (var (host, name) in running)
        {
            var others = addresses.Where(one => one.Key != name).Select(one => one.Value);
            var script = $"for a in {string.Join(' ', others)}; do /bin/busybox timeout 2 /bin/busybox wget -q -O - http://$a/cgi-bin/who || {{ echo no answer from $a; exit 1; }}; done";
            var asked = await _lab.LabAsync("docker", $"{host}", "exec", name, "/bin/busybox", "sh", "-c", script);
            var seen = asked.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (asked.ExitCode != 0 || seen.Length != 5 || seen.Any(source => source.Trim() != addresses[name]))
                return $"{name} on h{host} with {addresses[name]}: {asked}";
        }

        return null;
    }

    private async Task<bool> ConnectsAsync((int Host, string Name) from, string port) =>
        (await _lab.LabAsync("docker", $"{from.Host}", "exec", from.Name, "/bin/busybox", "nc", "-w", "3", "10.99.0.1", port, "-e", "/bin/busybox", "true")).ExitCode == 0;

    private async Task<IReadOnlyList<(string? Driver, bool Reached)>> PairsAsync()
    {
        var output = await _lab.LabAsync("kontena", "network", "check", "--json");
        using var json = JsonDocument.Parse(output.Stdout);
        return
        [
            .. json.RootElement.GetProperty("nodes").EnumerateArray().SelectMany(node => node.GetProperty("pairs").EnumerateArray())
                .Select(pair => (pair.GetProperty("driver").GetString(), pair.GetProperty("reached").GetBoolean())),
        ];
    }
}
