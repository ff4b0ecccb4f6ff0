using Kontena.Contracts.Deploys;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.State;

namespace Kontena.Api.Tests.Http;

/// <summary>The exact keys of what clients read, in the order of rest-api.md's examples.</summary>
public sealed class GoldenShapeTests(SeededApi seeded) : IClassFixture<SeededApi>
{
    private const string Grid =
        "id name token initial_size stats default_affinity trusted_subnets node_count service_count container_count user_count subnet supernet rebalance overlay_driver stack_networks block_prefix";

    private const string Node =
        "id node_id connected updated availability created_at updated_at connected_at last_seen_at disconnected_at status has_token name os engine_root_dir " +
        "driver network_drivers volume_drivers kernel_version labels mem_total mem_limit cpus public_ip private_ip overlay_ip agent_version docker_version " +
        "peer_ips node_number initial_member degraded warnings clock_ahead version_skew drain grid resource_usage";

    private const string Stack =
        "id name state created_at updated_at stack registry version revision expose source variables labels services metadata parent children";

    private const string Service =
        "id created_at updated_at image affinity name stateful user instances cmd entrypoint net dns ports env secrets memory memory_swap shm_size cpus " +
        "cpu_shares volumes volumes_from cap_add cap_drop state grid stack links log_driver log_opts strategy deploy_opts pid instance_counts read_only hooks " +
        "revision stack_revision stop_signal stop_grace_period certificates";

    private const string Container =
        "id name container_id grid_id node service_id created_at updated_at started_at finished_at deleted_at status state deploy_rev service_rev " +
        "instance_number image cmd env volumes ip_address hostname domainname network_settings";

    [Theory]
    [InlineData("/v1/grids/main", "", Grid)]
    [InlineData("/v1/grids", "grids", Grid)]
    [InlineData("/v1/grids/main/nodes", "nodes", Node)]
    [InlineData("/v1/nodes/main/core-01", "", Node)]
    [InlineData("/v1/nodes/main/ABCD:0001", "", Node)]
    [InlineData("/v1/nodes/main/core-01/health", "", "id name node_number initial_member status connected_at disconnected_at connected etcd_health")]
    [InlineData("/v1/grids/main/stacks", "stacks", Stack)]
    [InlineData("/v1/stacks/main/shop", "", Stack)]
    [InlineData("/v1/stacks/main/null", "", Stack)]
    [InlineData("/v1/grids/main/services", "services", Service)]
    [InlineData("/v1/grids/main/services?stack=shop", "services", Service)]
    [InlineData("/v1/services/main/shop/web", "", Service)]
    [InlineData("/v1/services/main/shop/web/instances", "instances",
        "id created_at updated_at instance_number desired_state state deploy_rev rev error node")]
    [InlineData("/v1/containers/main", "containers", Container)]
    [InlineData("/v1/services/main/shop/web/containers", "containers", Container)]
    [InlineData("/v1/containers/main/core-01/shop.web-1", "", Container)]
    [InlineData("/v1/grids/main/users", "users", "id email name roles")]
    [InlineData("/v1/services/main/shop/web/stats", "stats", "container_id cpu memory network")]
    public async Task Keys_are_those_clients_know(string path, string list, string keys)
    {
        var answer = await seeded.Api.GetAsync(path);

        Assert.Equal((200, "application/json", "1.5.4"), (answer.Status, answer.ContentType, answer.Version));
        Assert.Equal(keys, Answer.KeysOf(list.Length == 0 ? answer.Json : answer.Json[list]![0]));
    }

    [Fact]
    public async Task A_service_says_what_it_is_and_what_runs_of_it()
    {
        var service = (await seeded.Api.GetAsync("/v1/services/main/shop/web")).Json;

        Assert.Equal("main/shop/web", (string?)service["id"]);
        Assert.Equal("running", (string?)service["state"]);
        Assert.Equal("web.shop.main.kontena.local", (string?)service["dns"]);
        Assert.Equal("""{"total":2,"running":2}""", service["instance_counts"]!.ToJsonString());
        Assert.Equal("""[{"ip":"0.0.0.0","protocol":"tcp","node_port":8080,"container_port":80}]""", service["ports"]!.ToJsonString());
        Assert.Equal("""[{"id":"main/shop/db","alias":"db","name":"shop/db"},{"id":"main/null/mail","alias":"smtp","name":"mail"}]""", service["links"]!.ToJsonString());
        Assert.Equal("""{"interval":null,"min_health":0.8,"wait_for_port":null}""", service["deploy_opts"]!.ToJsonString());
        Assert.Equal("2026-03-01T12:00:00.000Z", (string?)service["created_at"]);
    }

    [Fact]
    public async Task A_container_says_where_it_is_and_how_it_does()
    {
        var container = (await seeded.Api.GetAsync("/v1/containers/main/core-01/shop.web-1")).Json;

        Assert.Equal("main/core-01/shop.web-1", (string?)container["id"]);
        Assert.Equal("ABCD:0001", (string?)container["node"]!["id"]);
        Assert.Equal("main/shop/web", (string?)container["service_id"]);
        Assert.Equal(("running", "3", 1), ((string?)container["status"], (string?)container["service_rev"], (int)container["instance_number"]!));
        Assert.Equal("""{"error":"","exit_code":0,"pid":0,"oom_killed":false,"paused":false,"restarting":false,"dead":false,"running":true}""", container["state"]!.ToJsonString());
        Assert.Equal("""{"80/tcp":[{"node_ip":"0.0.0.0","node_port":8080}]}""", container["network_settings"]!["ports"]!.ToJsonString());
        Assert.Equal("""[[{"container":"/data","node":"shop.data"}]]""", container["volumes"]!.ToJsonString());
    }

    [Fact]
    public async Task A_node_that_was_not_measured_still_shows_its_engines_filesystem()
    {
        var node = (await seeded.Api.GetAsync("/v1/nodes/main/core-01")).Json;

        Assert.Equal(("online", "10.81.0.1", true), ((string?)node["status"], (string?)node["overlay_ip"], (bool)node["initial_member"]!));
        Assert.Equal("""{"filesystem":[{"name":"/var/lib/docker","free":0,"available":0,"used":0,"total":0}]}""", node["resource_usage"]!.ToJsonString());
    }

    [Fact]
    public async Task Deploys_tell_their_times_with_an_offset_and_failures_with_a_reason()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        await api.PutAsync(StateKeys.ServiceDeploy, "main", Some.ServiceDeploy("5a0000000000000000000d01", DeployState.Error));
        await api.PutAsync(StateKeys.StackDeploy, "main", new StackDeploy
        {
            Id = "5a0000000000000000000d02", Grid = "main", Stack = "shop", State = DeployState.Ongoing, Services = ["web"],
            ServiceDeployIds = ["5a0000000000000000000d01"], CreatedAt = Some.Noon,
        });

        var deploy = (await api.GetAsync("/v1/services/main/shop/web/deploys/5a0000000000000000000d01")).Json;
        var stack = (await api.GetAsync("/v1/stacks/main/shop/deploys/5a0000000000000000000d02")).Json;

        Assert.Equal("id created_at queued_at started_at finished_at service_id state reason instance_count instance_deploys", Answer.KeysOf(deploy));
        Assert.Equal(("2026-03-01T12:00:00.000Z", "2026-03-01T12:00:00.000+00:00"), ((string?)deploy["created_at"], (string?)deploy["finished_at"]));
        Assert.Equal([1, 2], deploy["instance_deploys"]!.AsArray().Select(one => (int)one!["instance_number"]!));
        Assert.All([(string?)deploy["reason"], (string?)deploy["instance_deploys"]![0]!["error"]], Assert.NotNull);
        Assert.Equal("id stack_id created_at state service_deploys", Answer.KeysOf(stack));
        Assert.Equal("main/shop", (string?)stack["stack_id"]);
        Assert.Equal("error", (string?)stack["service_deploys"]![0]!["state"]);
        Assert.Equal(404, (await api.GetAsync("/v1/services/main/shop/other/deploys/5a0000000000000000000d01")).Status);
    }

    [Fact]
    public async Task What_is_removed_is_not_shown_but_a_stack_stays_until_it_is_gone()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        await api.PutAsync(StateKeys.Service, "main", Some.Service() with { RemovedAt = Some.Noon });
        await api.PutAsync(StateKeys.Stack, "main", Some.Stack() with { RemovedAt = Some.Noon });

        Assert.Equal(404, (await api.GetAsync("/v1/services/main/shop/web")).Status);
        Assert.Equal("""{"services":[]}""", (await api.GetAsync("/v1/grids/main/services")).Text);
        Assert.Equal(200, (await api.GetAsync("/v1/stacks/main/shop")).Status);
        await api.DeleteAsync(StateKeys.Stack, "main", "shop");
        Assert.Equal(404, (await api.GetAsync("/v1/stacks/main/shop")).Status);
    }

    [Fact]
    public async Task Parents_and_children_are_named()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        await api.PutAsync(StateKeys.Stack, "main", Some.Stack("shop-cache", parent: "shop"), Some.Stack("orphan", parent: "gone"));

        Assert.Equal("""[{"id":"main/shop-cache","name":"shop-cache"}]""", (await api.GetAsync("/v1/stacks/main/shop")).Json["children"]!.ToJsonString());
        Assert.Equal("""{"id":"main/shop","name":"shop"}""", (await api.GetAsync("/v1/stacks/main/shop-cache")).Json["parent"]!.ToJsonString());
        Assert.Equal("""{"id":null,"name":"gone"}""", (await api.GetAsync("/v1/stacks/main/orphan")).Json["parent"]!.ToJsonString());
    }

    [Fact]
    public async Task A_grid_counts_what_is_in_it_and_shows_what_was_set()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        await api.PutAsync(StateKeys.Grid, StateKeys.System, Some.Grid() with
        {
            Statsd = new StatsdTarget("metrics", 8125), Logs = new LogForwarding("fluentd", new Dictionary<string, string> { ["fluentd-address"] = "logs:24224" }),
        });

        var grid = (await api.GetAsync("/v1/grids/main")).Json;

        Assert.Equal((1, 1, 2, 1), ((int)grid["node_count"]!, (int)grid["service_count"]!, (int)grid["container_count"]!, (int)grid["user_count"]!));
        Assert.Equal("""{"statsd":{"server":"metrics","port":8125}}""", grid["stats"]!.ToJsonString());
        Assert.Equal("""{"forwarder":"fluentd","opts":{"fluentd-address":"logs:24224"}}""", grid["logs"]!.ToJsonString());
    }

    [Fact]
    public async Task A_node_that_is_away_has_no_health()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        await api.PutAsync(StateKeys.NodeLiveness, "main", Some.Liveness(LivenessState.Offline) with { DisconnectedAt = Some.Noon });

        var answer = await api.GetAsync("/v1/nodes/main/core-01/health");

        Assert.Equal((422, "Unprocessable Entity"), (answer.Status, answer.Reason));
        Assert.Contains("is not connected: disconnected at 2026-03-01T12:00:00.000Z", answer.Error);
        Assert.Equal("offline", (string?)(await api.GetAsync("/v1/nodes/main/core-01")).Json["status"]);
    }
}
