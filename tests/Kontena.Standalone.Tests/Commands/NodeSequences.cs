using static Kontena.Standalone.Tests.Commands.Call;

namespace Kontena.Standalone.Tests.Commands;

/// <summary>Commands about nodes (rest-api.md §26.3).</summary>
internal static class NodeSequences
{
    private const string Listed =
        "nodes[]: name!, node_number!, status, created_at, connected_at, disconnected_at, initial_member, connected, labels!, agent_version";

    public static IReadOnlyList<CommandSequence> All =>
    [
        new("node list", Get("grids/main", "id!, name, initial_size!"), Get("grids/<id>/nodes", Listed)),
        new("node list --all",
            Get("grids", "grids[]: id!, name, initial_size!"),
            Get("grids/<grids[name=main].id>/nodes", Listed),
            Get("grids/<grids[name=yard].id>/nodes", "nodes!")),
        new("node create", Post("grids/yard/nodes", """{"name":"made","token":"a-token-of-the-node","labels":["region=eu"]}""", 201)),
        new("node show", Get("nodes/main/core-01",
            "id!, node_id!, agent_version!, docker_version!, connected!, connected_at!, last_seen_at!, availability!, public_ip!, private_ip!, overlay_ip!, os, kernel_version, driver, " +
            "volume_drivers[]!.name!, initial_member, labels!, cpus!, resource_usage!.filesystem[]!.name!")),
        new("node update", Put("nodes/yard/changes", """{"labels":["region=us"],"availability":"drain"}""")) { Before = [Create("changes")] },
        new("node remove",
            Get("nodes/yard/leaves", "id!, name!, connected!, labels!, has_token!"),
            Delete("nodes/<id>"))
        {
            Before = [Create("leaves")],
        },
        new("node env", Get("nodes/yard/tells/token", "token!"), Get("nodes/main/core-01/token", status: 404)) { Before = [Create("tells")] },
        new("node reset-token",
            Put("nodes/yard/resets/token", """{"token":null,"reset_connection":false}"""),
            Put("nodes/yard/resets/token", """{"token":"another-token-of-it","reset_connection":true}"""),
            Delete("nodes/yard/resets/token", """{"reset_connection":false}"""))
        {
            Before = [Create("resets")],
        },
        new("node label list", Get("nodes/main/core-01", "labels!")),
        new("node label add",
            Get("nodes/yard/gains", "id!, labels!"),
            Put("nodes/<id>", """{"labels":["region=eu","disk=ssd"]}"""))
        {
            Before = [Create("gains")],
        },
        new("node label remove",
            Get("nodes/yard/loses", "id!, labels!"),
            Put("nodes/<id>", """{"labels":[]}"""))
        {
            Before = [Create("loses")],
        },
        new("node health", Get("nodes/main/core-01/health", "status!, connected_at!, name!, etcd_health!.health, etcd_health!.error!")),
        new("node health, of one that is away", Get("nodes/yard/away/health", "error!.connection!", status: 422)) { Before = [Create("away")] },
        new("node ssh", Get("nodes/main/core-01", "connected!, labels!, name!, public_ip, private_ip, overlay_ip")),
        new("node ssh --any", Get("grids/main/nodes", "nodes[]: connected!, labels!, name!, public_ip, private_ip, overlay_ip")),
    ];

    private static Call Create(string name) => Post("grids/yard/nodes", $$"""{"name":"{{name}}","labels":["region=eu"]}""", 201);
}
