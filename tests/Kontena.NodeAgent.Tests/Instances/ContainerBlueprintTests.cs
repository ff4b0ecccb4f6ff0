using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Tests.Support;
using Xunit;

namespace Kontena.NodeAgent.Tests.Instances;

public class ContainerBlueprintTests
{
    private static Kontena.Docker.ContainerConfig Of(InstanceSpec spec) => ContainerBlueprint.Of(Some.Id(1), 4, spec, "node-1", null, []);

    [Fact]
    public void Labels_find_the_container_again_and_cannot_be_replaced_by_the_user()
    {
        var config = Of(Some.Spec() with { Labels = new Dictionary<string, string> { ["mine"] = "1", [ManagedLabels.InstanceId] = "stolen" } });

        Assert.Equal("1", config.Labels["mine"]);
        Assert.Equal(Some.Id(1), config.Labels[ManagedLabels.InstanceId]);
        Assert.Equal("4", config.Labels[ManagedLabels.Generation]);
        Assert.Equal("shop.web-1", config.Labels[ManagedLabels.Name]);
        Assert.Equal("d1", config.Labels[ManagedLabels.DeployRev]);
    }

    [Fact]
    public void The_platforms_variables_come_last()
    {
        var config = Of(Some.Spec() with { Env = ["KONTENA_NODE_NAME=other", "A=b"] });

        Assert.Equal("A=b", config.Env[1]);
        Assert.Equal("KONTENA_NODE_NAME=node-1", config.Env.Last(entry => entry.StartsWith("KONTENA_NODE_NAME=", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_hosts_network_has_no_names_and_no_published_ports()
    {
        var config = Of(Some.Spec() with { Net = "host", Ports = [new PortMapping(80, 80)] });

        Assert.Equal("host", config.NetworkMode);
        Assert.Empty(config.Ports);
        Assert.Null(config.Endpoint);
        Assert.Null(config.Hostname);
    }

    [Fact]
    public void Mounts_keep_their_flags()
    {
        var config = Of(Some.Spec() with
        {
            Volumes = [new VolumeMount("/etc/x", BindMount: "/host/x", Flags: "ro"), new VolumeMount("/data", Volume: "v"), new VolumeMount("/tmp/y")],
        });

        Assert.Equal(["/host/x:/etc/x:ro", "v:/data"], config.Binds);
        Assert.Equal(["/tmp/y"], config.AnonymousVolumes);
    }

    [Fact]
    public void Aliases_are_the_full_names_and_links_name_their_target()
    {
        var endpoint = Of(Some.Spec() with { LinkAliases = [new LinkAlias("database", "shop", "db"), new LinkAlias("cache", Service.NoStack, "redis")] }).Endpoint!;

        Assert.Contains("web.shop.test.kontena.local", endpoint.Aliases);
        Assert.Contains("web.shop", endpoint.Aliases);
        Assert.Contains("db.shop.test.kontena.local:database", endpoint.Links);
        Assert.Contains("redis.test.kontena.local:cache", endpoint.Links);
    }

    [Fact]
    public void A_hook_has_the_data_but_not_the_ports_and_names()
    {
        var spec = Some.Spec() with { Ports = [new PortMapping(80, 80)], Volumes = [new VolumeMount("/data", Volume: "v")] };

        var hook = ContainerBlueprint.OfHook(Of(spec), Some.Id(1), spec, "true");

        Assert.Equal(["/bin/sh", "-c"], hook.Entrypoint);
        Assert.Empty(hook.Ports);
        Assert.Empty(hook.Endpoint!.Aliases);
        Assert.Equal(["v:/data"], hook.Binds);
        Assert.Equal(ManagedLabels.HookType, hook.Labels[ManagedLabels.Type]);
    }

    [Fact]
    public void With_the_agents_name_server_the_engine_has_no_names_of_it_but_for_those_that_ask_the_engine_only()
    {
        var spec = Some.Spec();
        var ours = ContainerBlueprint.Of(Some.Id(1), 4, spec, "node-1", null, [], nameServer: "10.81.1.1");
        var mixed = ContainerBlueprint.Of(Some.Id(1), 4, spec, "node-1", null, [], nameServer: "10.81.1.1", engineAnswersSome: true);

        Assert.Equal(["10.81.1.1"], ours.Dns);
        Assert.Null(ours.Endpoint);
        Assert.Equal(["10.81.1.1"], mixed.Dns);
        Assert.Contains("web.shop.test.kontena.local", mixed.Endpoint!.Aliases);
        Assert.Equal(("agent", "engine"), (ours.Labels[ManagedLabels.Names], Of(spec).Labels[ManagedLabels.Names]));
    }
}
