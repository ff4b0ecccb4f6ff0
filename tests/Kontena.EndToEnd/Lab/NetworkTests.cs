using System.Diagnostics;
using System.Text.Json;
using Kontena.EndToEnd.Platform;
using Xunit;

namespace Kontena.EndToEnd.Lab;

/// <summary>One network over all hosts, whatever carries it and whatever happens to it.</summary>
[Collection(nameof(RunningLab))]
public sealed class NetworkTests
{
    private const int Containers = 7;
    private static readonly Dictionary<string, (string Alias, string Service)> Links = new() { ["api"] = ("store", "db") };
    private readonly RunningLab _lab;
    private readonly Stopwatch _since = Stopwatch.StartNew();

    public NetworkTests(RunningLab lab)
    {
        Assert.SkipWhen(lab.Skip is not null, lab.Skip ?? "");
        _lab = lab;
    }

    [Fact]
    public async Task Every_container_reaches_every_other_by_every_name_from_its_own_address_by_every_driver_and_after_every_fault()
    {
        await StartAsync();
        foreach (var driver in new[] { "vxlan", "direct", "wireguard" })
        {
            await _lab.MustAsync("grid", "update", "--overlay-driver", driver, "default");
            await Until.TrueAsync($"all nodes use {driver}", async () => (await PairsAsync()).All(pair => pair.Driver == driver && pair.Reached), seconds: 60);
            await AllReachAllAsync(driver);
            await _lab.MustLabAsync("exec", "2", "sh", "-c", "ip link set eth0 down; sleep 2; ip link set eth0 up");
            await AllReachAllAsync($"{driver}, the link of h2 was down");
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
        await MoveAsync("3", from: "10.99.0.13/24", to: "10.99.0.93/24");
        await AllReachAllAsync("h3 has another address");
        await MoveAsync("3", from: "10.99.0.93/24", to: "10.99.0.13/24");
        await AllReachAllAsync("h3 has its address back");

        var web = (await _lab.ContainersAsync("net"))[0];
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
        await _lab.MustAsync("service", "rm", "--force", "lone");
    }

    [Fact]
    public async Task What_is_wrong_with_a_way_is_told_by_node_show_until_it_is_put_right()
    {
        await _lab.MustAsync("grid", "update", "--overlay-driver", "vxlan", "default");
        await Until.TrueAsync("all nodes use vxlan", async () => (await PairsAsync()).All(pair => pair.Driver == "vxlan" && pair.Reached), seconds: 60);

        await _lab.MustLabAsync("exec", "2", "iptables", "-w", "-t", "raw", "-I", "PREROUTING", "-s", "10.99.0.11", "-j", "DROP");
        await _lab.MustLabAsync("narrow", "3", "1400");
        await UntilSaysAsync("h1", "one way between this node and h2 is closed: what h2 sends arrives here");
        await UntilSaysAsync("h2", "node h1 does not answer at 10.81.1.1 by vxlan, nor is it heard");
        await UntilSaysAsync("h1", "packets of more than 1280 bytes don't go through to h3, 1450 were expected");
        // What a container sends in one piece comes through all the same: its host takes it apart.
        await Until.TrueAsync("h1 sends long packets to h3", async () => (await _lab.LabAsync("docker", "1", "run", "--rm", "--network", "kontena-default", "kontena-lab/tiny:1",
            "/bin/busybox", "ping", "-c", "1", "-W", "1", "-s", "1400", "10.81.3.1")).ExitCode == 0, seconds: 30);
        await _lab.MustLabAsync("exec", "2", "iptables", "-w", "-t", "raw", "-F", "PREROUTING");
        await _lab.MustLabAsync("heal", "3");
        await UntilSaysNothingAsync();
        await Until.TrueAsync("packets to h3 are held to nothing", async () =>
            !(await _lab.MustLabAsync("exec", "1", "ip", "route", "show", "10.81.3.0/24")).Contains("mtu", StringComparison.Ordinal), seconds: 30);

        await _lab.MustAsync("grid", "update", "--overlay-driver", "wireguard", "default");
        await _lab.MustLabAsync("kill", "3", "agent");
        File.Copy(_lab.DiskOf(1, "kontena/agent/wireguard.key"), _lab.DiskOf(3, "kontena/agent/wireguard.key"), overwrite: true);
        await _lab.MustLabAsync("start", "3");
        await UntilSaysAsync("h3", "the WireGuard key of this host is node h1's");
        await _lab.MustAsync("node", "rotate-key", "h3");
        await UntilSaysNothingAsync();
    }

    private async Task MoveAsync(string host, string from, string to) =>
        await _lab.MustLabAsync("exec", host, "sh", "-c", $"ip addr add {to} dev eth0; ip addr del {from} dev eth0; ip addr replace {to} dev eth0");

    private Task UntilSaysAsync(string node, string warning) => Until.TrueAsync($"{node} says {warning}", async () =>
        await _lab.MustAsync("node", "show", node) is var shown && shown.Contains(warning, StringComparison.Ordinal) ? null : shown, seconds: 60);

    private Task UntilSaysNothingAsync() => Until.TrueAsync("no node says anything of its network", async () =>
    {
        for (var host = 1; host <= RunningLab.Hosts; host++)
        {
            if (await _lab.MustAsync("node", "show", $"h{host}") is var shown && shown.Contains("warnings", StringComparison.Ordinal))
                return shown;
        }

        return null;
    }, seconds: 60);

    /// <summary>A stack with three services, one of them exposed and one linked to, and a service without a stack. Each container has a page that says who asked, and who answers.</summary>
    private async Task StartAsync()
    {
        static string Serve(string dollar) =>
            $"/bin/sh -c \"mkdir -p /www/cgi-bin; (echo '#!/bin/sh'; echo 'echo; echo {dollar}REMOTE_ADDR {dollar}KONTENA_SERVICE_NAME {dollar}KONTENA_SERVICE_INSTANCE_NUMBER') >/www/cgi-bin/who; chmod +x /www/cgi-bin/who; exec httpd -f -p 0.0.0.0:80 -h /www\"";
        var serve = Serve("$$");
        await _lab.MustAsync("stack", "install", _lab.Write("net/kontena.yml", $"""
            stack: test/net
            version: 0.1.0
            expose: web
            services:
              web:
                image: kontena-lab/web:1
                instances: 3
                command: >-
                  {serve}
                deploy:
                  wait_for_port: 80
              api:
                image: kontena-lab/web:1
                instances: 2
                links:
                  - db:store
                command: >-
                  {serve}
                deploy:
                  wait_for_port: 80
              db:
                image: kontena-lab/web:1
                stateful: true
                command: >-
                  {serve}
                deploy:
                  wait_for_port: 80
                volumes:
                  - /data
            """));
        await _lab.MustAsync("service", "create", "--deploy-wait-for-port", "80", "--cmd", Serve("$"), "lone", "kontena-lab/web:1");
        await _lab.MustAsync("service", "deploy", "lone");
        Assert.Equal(Containers, (await AllAsync()).Count);
    }

    private async Task AllReachAllAsync(string when)
    {
        await Until.TrueAsync($"all containers reach all ({when})", WhoDoesNotReachAsync, seconds: 120);
        TestContext.Current.TestOutputHelper?.WriteLine($"{_since.Elapsed.TotalSeconds:0.0} s: all reach all ({when})");
    }

    private async Task<IReadOnlyList<LabContainer>> AllAsync() => [.. await _lab.ContainersAsync("net"), .. await _lab.ContainersAsync("null")];

    /// <summary>The first that is missing, that finds another by no name or a wrong one, or that does not reach it from its own address; null when all is well.</summary>
    private async Task<string?> WhoDoesNotReachAsync()
    {
        var all = await AllAsync();
        if (all.Count != Containers)
            return $"{all.Count} of {Containers} run";
        return (await Task.WhenAll(all.Select(one => WhatFailsAsync(one, all)))).FirstOrDefault(failed => failed is not null);
    }

    private async Task<string?> WhatFailsAsync(LabContainer asker, IReadOnlyList<LabContainer> all)
    {
        var names = DocumentedNames.For(asker, all, exposed: "web", Links);
        List<string> wanted =
        [
            .. names.Select(name => $"{name.Key} {string.Join(' ', name.Value)}"),
            .. all.Where(one => one != asker).Select(one => $"{one.Address} {asker.Address} {one.Service} {one.Number}"),
            .. all.Where(one => one.Service == "web").Select(one => $"srv 80 {DocumentedNames.Reverse(one)}").Order(StringComparer.Ordinal),
            // Of its own containers the engine tells itself.
            .. all.Where(one => one != asker).Select(one => $"ptr {one.Address} {(one.Host == asker.Host ? $"{one.Name}.kontena-default" : DocumentedNames.Reverse(one))}"),
        ];
        var script = $$"""
            for n in {{string.Join(' ', names.Keys)}}; do echo $n $(getent ahostsv4 $n | awk '$2 == "STREAM" { print $1 }' | sort); done
            for a in {{string.Join(' ', all.Where(one => one != asker).Select(one => one.Address))}}; do echo $a $(printf 'GET /cgi-bin/who HTTP/1.0\r\n\r\n' | nc -w 3 $a 80 | tail -n 1); done
            nslookup -type=srv _80._tcp.web.net.default.kontena.local | awk '/service = / { print "srv", $6, $7 }' | sort
            for a in {{string.Join(' ', all.Where(one => one != asker).Select(one => one.Address))}}; do echo ptr $a $(getent hosts $a | awk '{ print $2 }'); done
            """;
        var said = (await _lab.ShellAsync(asker, script)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var (missing, instead) = (wanted.Except(said).FirstOrDefault(), said.Except(wanted).FirstOrDefault());
        return missing is null && instead is null ? null : $"{asker.Name} on h{asker.Host} with {asker.Address}: not \"{missing}\" but \"{instead}\"";
    }

    private async Task<bool> ConnectsAsync(LabContainer from, string port) =>
        (await _lab.ShellAsync(from, $"nc -w 3 10.99.0.1 {port} -e /bin/busybox true && echo connected")).Contains("connected", StringComparison.Ordinal);

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
