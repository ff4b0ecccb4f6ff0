using static Kontena.Standalone.Tests.Commands.Call;

namespace Kontena.Standalone.Tests.Commands;

/// <summary>Commands about grids (rest-api.md §26.2).</summary>
internal static class GridSequences
{
    private const string ReadOfGrid =
        "name!, initial_size!, default_affinity, subnet, supernet, node_count, user_count, service_count, container_count, stats.statsd.server, stats.statsd.port, logs?.forwarder, logs?.opts!";

    private const string ReadOfNodes =
        "nodes[]: connected!, cpus, mem_total, engine_root_dir!; nodes[].resource_usage!: load!.1m!, load!.5m!, load!.15m!, memory!.used!, memory!.cached!, memory!.buffers!, " +
        "filesystem[name=/var/lib/docker].used!, filesystem[name=/var/lib/docker].total!";

    private const string Line = "name!, created_at!, data!, id!";
    private const string Measured = "nodes[0].resource_usage.memory.used";

    public static IReadOnlyList<CommandSequence> All =>
    [
        new("grid list", Get("grids", "grids[]: name!, user_count!, node_count, service_count")),
        new("grid create", Post("grids",
            """
            {"name":"lab","initial_size":3,"token":"a-token-of-the-grid","subnet":"10.90.0.0/16","supernet":"10.80.0.0/12","stats":{"statsd":{"server":"10.0.0.9","port":8125}},
            "logs":{"forwarder":"fluentd","opts":{"fluentd-address":"10.0.0.9:24224"}},"default_affinity":["label!=slow"]}
            """, 201, "name!")),
        new("grid update", Put("grids/changes",
            """
            {"stats":{"statsd":{"server":"10.0.0.9","port":8125}},"logs":{"forwarder":"fluentd","opts":{"fluentd-address":"10.0.0.9:24224"}},
            "default_affinity":["label!=slow"],"trusted_subnets":["10.10.0.0/16"]}
            """))
        {
            Before = [Post("grids", """{"name":"changes","initial_size":1}""", 201)],
        },
        new("grid use", Get("grids", "grids[]: name!")),
        new("grid show", Get("grids", "grids[]: " + ReadOfGrid), Get("grids/main/nodes", ReadOfNodes, until: Measured)),
        new("grid current", Get("grids/main", ReadOfGrid), Get("grids/main/nodes", ReadOfNodes, until: Measured)),
        new("grid show --token", Get("grids", "grids[]: name!, token!")),
        new("grid env", Get("grids", "grids[]: name!, token!")),
        new("grid cloud-config", Get("grids", "grids[]: token!, subnet!")),
        new("grid remove",
            Get("grids", "grids[]: id!"),
            Delete("grids/<grids[name=leaves].id>"))
        {
            Before = [Post("grids", """{"name":"leaves","initial_size":1}""", 201)],
        },
        new("grid logs",
            Get("grids/main/container_logs?limit=10&since=2020-01-01T00%3A00%3A00Z&nodes=core-01&services=shop%2Fweb&containers=core-01%2Fshop.web-1", "logs[]: " + Line),
            Get("grids/main/container_logs?limit=10&from=<logs[0].id>", "logs[*]: " + Line)),
        new("grid logs --follow", Follow("grids/main/container_logs?limit=10&follow=1", Line)),
        new("grid events", Get("grids/main/event_logs?limit=10", "logs[]: created_at!, type!, message, severity!; logs[].relationships[]: type!, id!", until: "logs[0].type")),
        new("grid health", Get("grids/main", "initial_size!, name!"), Get("grids/main/nodes", "nodes[]: initial_member!, connected!, name!")),
        new("grid trusted-subnet list", Get("grids/yard", "trusted_subnets!")),
        new("grid trusted-subnet add", Get("grids/yard", "trusted_subnets!"), Put("grids/yard", """{"trusted_subnets":["10.20.0.0/16"]}""", reads: "trusted_subnets[]")),
        new("grid trusted-subnet remove", Get("grids/yard", "trusted_subnets!"), Put("grids/yard", """{"trusted_subnets":[]}""", reads: "trusted_subnets!")),
    ];
}
