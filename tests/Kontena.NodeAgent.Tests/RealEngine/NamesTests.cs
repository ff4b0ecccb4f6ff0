using Kontena.Contracts.Instances;
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
        {
            var (code, output) = await ShellAsync(app.Name, $"timeout 5 wget -qO- http://{name}/");
            Assert.True(code == 0 && output.Trim() == db.Hostname, $"{name}: exit {code}, {output}");
        }
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
        var (code, output) = await ShellAsync(app.Name, "timeout 5 wget -qO- http://target/");

        Assert.NotEqual(before.ContainerId, after.ContainerId);
        Assert.NotNull(blocker.Address);
        Assert.True(code == 0 && output.Trim() == db.Hostname, $"exit {code}, {output}");
    }

    [Fact]
    public async Task Instances_have_addresses_of_the_nodes_block()
    {
        var seen = await RunAsync(Some.Spec(Fresh("addr")));

        Assert.StartsWith("10.81.1.", seen.Address, StringComparison.Ordinal);
    }
}
