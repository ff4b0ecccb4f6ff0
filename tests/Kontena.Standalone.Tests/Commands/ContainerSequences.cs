using static Kontena.Standalone.Tests.Commands.Call;

namespace Kontena.Standalone.Tests.Commands;

/// <summary>Commands about containers, and the stacks that the client brings along (rest-api.md §26.6).</summary>
internal static class ContainerSequences
{
    private const string Listed = "containers[]: node!.name!, name!, image, cmd, created_at!, state!.running!, state!.paused!, state!.restarting!, state!.dead!, state!.oom_killed!";
    private const string RunningProcess = """{"cmd":["echo","-----BEGIN PRIVATE KEY-----"]}""";
    private const string ReadOfProcess = "items[0]!, items[1]!, items[2]!";

    public static IReadOnlyList<CommandSequence> All =>
    [
        new("container list", Get("containers/main", Listed)),
        new("container list --all", Get("containers/main?all=1", Listed)),
        new("container inspect", Get("containers/main/core-01/shop.web-1/inspect", "Id!, State!")),
        new("container logs", Get("containers/main/core-01/shop.web-1/logs", "logs[]: name!, created_at!, data!, id!")),
        new("container logs --follow", Follow("containers/main/core-01/shop.web-1/logs?follow=1", "name!, created_at!, data!, id!")),
        new("container exec",
            Exec("containers/main/core-01/shop.web-1/exec", """{"cmd":["echo","hello"]}""", "frames[stream=stdout].chunk!, frames[exit=0].exit!"),
            Exec("containers/main/core-01/shop.web-1/exec?interactive=true&shell=true&tty=true", """{"cmd":["true"]}""", "frames[exit=0].exit!")),

        new("registry create, registry remove",
        [
            Get("services/main/registry", status: 404),
            Get("grids/main/nodes", "nodes[]: connected!, name!"),
            Get("secrets/main/REGISTRY_AUTH_PASSWORD", status: 404),
            Post("grids/main/external_registries", """{"url":"http://registry.main.kontena.local","username":"admin","password":"s3cret","email":"not@val.id"}""", 201),
            Post("grids/main/stacks", StackDocuments.Of("registry", StackDocuments.Service("api")), 201),
            .. StackDocuments.Deployed("registry"),
            Get("stacks/main/registry", "name!"),
            Delete("stacks/main/registry"),
        ]),
        new("vpn create, vpn config, vpn remove",
        [
            Get("stacks/main/vpn", status: 404),
            Get("grids/main/nodes", "nodes[]: connected!, public_ip, private_ip, labels!, name!"),
            Post("grids/main/stacks", StackDocuments.Of("vpn", StackDocuments.Service("server")), 201),
            .. StackDocuments.Deployed("vpn"),
            Get("services/main/vpn/server/containers?cmd=ovpn_getclient", "containers[0].id!"),
            Post("containers/<containers[0].id>/exec", RunningProcess, reads: ReadOfProcess),
            Get("services/main/vpn/server/containers", "containers[0].id!"),
            Post("containers/<containers[0].id>/exec", RunningProcess, reads: ReadOfProcess),
            Get("stacks/main/vpn", "name!"),
            Delete("stacks/main/vpn"),
        ]),
    ];
}
