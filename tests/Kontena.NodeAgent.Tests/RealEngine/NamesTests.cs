using Kontena.Contracts.Instances;
using Kontena.Contracts.Names;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Xunit;

namespace Kontena.NodeAgent.Tests.RealEngine;

public sealed class NamesTests(DockerEngine docker) : RealEngineTest(docker)
{
    [Fact]
    public async Task A_service_is_found_by_its_short_name_its_full_name_and_its_link_alias()
    {
        var db = Some.Spec(Fresh("db"), image: TinyImages.Httpd) with { WaitForPort = 80 };
        var app = Some.Spec(Fresh("app")) with { LinkAliases = [new LinkAlias("database", "shop", db.Service)] };
        // The app first: a link is resolved when it is asked for, not when the container starts.
        await RunAsync(app);
        await RunAsync(db);

        foreach (var name in (string[])[db.Service, $"{db.Service}.shop", $"{db.Service}.shop.test.kontena.local", $"{db.Service}-1", "database"])
            await PageAsync(app.Name, name, db.Hostname!);
    }

    [Fact]
    public async Task A_link_follows_its_target_to_a_new_container()
    {
        var db = Some.Spec(Fresh("moving"), image: TinyImages.Httpd) with { WaitForPort = 80 };
        var app = Some.Spec(Fresh("app")) with { LinkAliases = [new LinkAlias("target", "shop", db.Service)] };
        var before = await RunAsync(db);
        await RunAsync(app);
        var blocker = await RunAsync(Some.Spec(Fresh("blocker")));

        var after = await RunAsync(db with { ServiceRevision = 2, DeployRev = "d2" }, 2);

        Assert.NotEqual(before.ContainerId, after.ContainerId);
        Assert.NotNull(blocker.Address);
        await PageAsync(app.Name, "target", db.Hostname!);
    }

    [Fact]
    public async Task Who_is_not_ready_is_not_answered_while_another_is()
    {
        var name = Fresh("ready");
        var late = Some.Spec(name, number: 2, image: TinyImages.Httpd) with { WaitForPort = 81 };
        var app = Some.Spec(Fresh("app"));
        await RunAsync(app);
        await ApplyAsync(late);
        var starting = await Agent.ObserveAsync(seen => seen.InstanceId == IdOf(late) && seen.Address is not null);
        var alone = await ShellAsync(app.Name, $"nslookup -type=a {name}.shop.test.kontena.local");
        var ready = await RunAsync(Some.Spec(name, image: TinyImages.Httpd) with { WaitForPort = 80 });

        var both = await ShellAsync(app.Name, $"nslookup -type=a {name}.shop.test.kontena.local");

        Assert.Contains(starting.Address!, alone.Output, StringComparison.Ordinal);
        Assert.Contains(ready.Address!, both.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(starting.Address!, both.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Containers_find_what_runs_on_other_nodes_backwards_and_by_port_too()
    {
        var app = Some.Spec(Fresh("app"));
        await RunAsync(app);
        Agent.Names.Join("test");
        Agent.Names.Take(new NamesTold
        {
            Grid = "test", Epoch = 1, Revision = 1, Page = 0, Pages = 1,
            Instances =
            [
                new NamedInstance
                {
                    InstanceId = "far", NodeId = "other", Stack = "shop", Service = "far", Number = 3, Address = "10.81.7.7", Standing = NameStanding.Ready, Ports = [new NamedPort(8080, "tcp")],
                },
            ],
        });

        Assert.Contains("10.81.7.7", (await ShellAsync(app.Name, "nslookup -type=a far.shop.test.kontena.local")).Output, StringComparison.Ordinal);
        Assert.Contains("far-3.shop.test.kontena.local", (await ShellAsync(app.Name, "nslookup 10.81.7.7")).Output, StringComparison.Ordinal);
        Assert.Contains("8080 far-3.shop.test.kontena.local", (await ShellAsync(app.Name, "nslookup -type=srv _8080._tcp.far.shop.test.kontena.local")).Output, StringComparison.Ordinal);
        Assert.Contains("NXDOMAIN", (await ShellAsync(app.Name, "nslookup -type=a nobody.shop.test.kontena.local 2>&1")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Instances_have_addresses_of_the_nodes_block()
    {
        var seen = await RunAsync(Some.Spec(Fresh("addr")));

        Assert.StartsWith("10.81.1.", seen.Address, StringComparison.Ordinal);
    }
}
