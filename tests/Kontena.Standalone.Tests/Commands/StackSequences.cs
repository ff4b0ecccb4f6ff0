using static Kontena.Standalone.Tests.Commands.Call;

namespace Kontena.Standalone.Tests.Commands;

/// <summary>Commands about stacks (rest-api.md §26.5).</summary>
internal static class StackSequences
{
    private const string Line = "logs[]: name!, created_at!, data!, id!";

    public static IReadOnlyList<CommandSequence> All =>
    [
        new("stack install",
        [
            Get("/", "version!"),
            Create("site"),
            .. StackDocuments.Deployed("site"),
        ]),
        new("stack install --no-deploy", Create("shelved")),
        new("stack install, resolving variables",
            Get("secrets/main/RESOLVED", status: 404),
            Put("secrets/main/RESOLVED", """{"name":"RESOLVED","value":"s3cret","upsert":true}""", 201, "value!"),
            Get("secrets/main/RESOLVED", "value!"),
            Get("grids/main/services", "services[]: id!, image!, name!"),
            Get("stacks/main/shop", "services[]: name!, instances!"),
            Get("grids/main/secrets", "secrets[]: name!"),
            Absent("GET", "grids/main/certificates"),
            Get("stacks/main/shop", "variables!; children[*]: name!")),
        new("stack list", Get("grids/main/stacks",
            "stacks[]: name!, stack, version, state!, parent, labels; stacks[].children[*]: name!; " +
            "stacks[].services[*]: ports!, health_status?.healthy, health_status?.total; stacks[name=shop].services[name=web].ports[]: ip!, node_port!, container_port!, protocol!")),
        new("stack show",
            Get("stacks/main/shop",
                "name!, created_at, updated_at, state!, stack, version, revision, expose, variables, metadata, parent.name; children[*]: name!; services[]: id!"),
            Get("services/<services[0].id>", "name!, image, state!, instances!, deploy_opts!, strategy, env!, ports!, links!, revision")),
        new("stack inspect", Get("stacks/main/shop", "source!")),
        new("stack deploy", [.. StackDocuments.Deployed("rolled")]) { Before = [Create("rolled")] },
        new("stack upgrade",
        [
            Get("stacks/main/grown", "name!, stack!, version!, variables!, parent.name; services[]: name!; children[*]: name!"),
            Put("stacks/main/grown", StackDocuments.Upgrade(StackDocuments.Service("one"), StackDocuments.Service("two"))),
            .. StackDocuments.Deployed("grown"),
        ])
        {
            Before = [Create("grown")],
        },
        new("stack remove",
            Get("stacks/main/felled", "parent.name; children[*]: name!"),
            Delete("stacks/main/felled"),
            Gone("stacks/main/felled"))
        {
            Before = [Create("felled"), .. StackDocuments.Deployed("felled")],
        },
        new("stack stop", Post("stacks/main/stopped/stop", "{}")) { Before = [Create("stopped")] },
        new("stack restart", Post("stacks/main/restarted/restart", "{}")) { Before = [Create("restarted"), .. StackDocuments.Deployed("restarted")] },
        new("stack logs", Get("stacks/main/shop/container_logs", Line), Get("grids/main/container_logs?services=shop%2Fweb", Line)),
        new("stack events", Get("stacks/main/shop/event_logs", "logs[]: created_at!, type!, message, relationships!; logs[].relationships[]: type!, id!", until: "logs[0].type")),
        new("stack monitor",
            Get("grids/main/services?stack=shop", "services[]: id!, name!"),
            Get("services/<services[name=web].id>/containers", "containers[]: node!.name!, status!")),
        new("stack label list", Get("stacks/main/shop", "labels!")),
        new("stack label add",
            Get("stacks/main/marked", "labels!"),
            Patch("stacks/main/marked", """{"labels":["team=a"]}""", reads: "labels[]"))
        {
            Before = [Create("marked")],
        },
        new("stack label remove",
            Get("stacks/main/unmarked", "labels[]"),
            Patch("stacks/main/unmarked", """{"labels":[]}""", reads: "labels!"))
        {
            Before = [Create("unmarked"), Patch("stacks/main/unmarked", """{"labels":["team=a"]}""")],
        },
    ];

    private static Call Create(string name) => Post("grids/main/stacks", StackDocuments.Of(name, StackDocuments.Service("one")), 201);
}
