using static Kontena.Standalone.Tests.Commands.Call;

namespace Kontena.Standalone.Tests.Commands;

/// <summary>Commands about services (rest-api.md §26.4).</summary>
internal static class ServiceSequences
{
    private const string ReadOfService =
        "id!, created_at, updated_at!, image, name!, affinity, stateful, user, entrypoint, instances!, cmd, net, dns, env!, secrets!, memory, memory_swap, shm_size, cpus, cpu_shares, volumes, " +
        "volumes_from, cap_add, cap_drop, state!, grid!.id!, stack!.id!, stack!.name!, links!, log_driver, log_opts, strategy, deploy_opts!.interval, deploy_opts!.min_health, " +
        "deploy_opts!.wait_for_port, pid, read_only, instance_counts!.total!, instance_counts!.running!, hooks, revision, stack_revision, health_check?, health_status?, stop_signal, " +
        "stop_grace_period, certificates; ports[*]: ip, protocol, node_port, container_port";

    private const string Listed =
        "services[]: updated_at!, name!, stack!.name!, stack!.id!, stateful, ports!, state!, instances!, instance_counts!.running!, health_status?.healthy, health_status?.total";

    private const string Containers =
        "containers[]: instance_number!, name!, node!.name!, node!.public_ip, hostname, domainname, ip_address, health_status?.status, status!, deploy_rev, state!.error, state!.exit_code";

    private const string Line = "logs[]: name!, created_at!, data!, id!";
    private const string Event = "logs[]: created_at!, type!, message, relationships!; logs[].relationships[]: type!, id!";

    public static IReadOnlyList<CommandSequence> All =>
    [
        new("service list", Get("grids/main/services", Listed)),
        new("service list --stack", Get("grids/main/services?stack=shop", Listed)),
        new("service create", Create("created")),
        new("service update", Put("services/main/null/changes", """{"privileged":false,"image":"acme/app:1.5"}""")) { Before = [Create("changes")] },
        new("service show",
            Get("services/main/shop/web", ReadOfService),
            Get("services/main/shop/web/instances", "instances[]: instance_number!, node?.name!, deploy_rev, rev, state!, error"),
            Get("services/main/shop/web/containers", Containers)),
        new("service deploy",
            Post("services/main/null/rolls/deploy", "{}", reads: StackDocuments.ServiceDeploy),
            Deployed(),
            Post("services/main/null/rolls/deploy", """{"force":true}""", reads: StackDocuments.ServiceDeploy),
            Deployed())
        {
            Before = [Create("rolls")],
        },
        new("service scale",
            Post("services/main/null/grows/scale", """{"instances":"2"}""", reads: StackDocuments.ServiceDeploy),
            Deployed())
        {
            Before = [Create("grows")],
        },
        new("service stop", Post("services/main/shop/worker/stop", "{}")),
        new("service start", Post("services/main/shop/worker/start", "{}")),
        new("service restart", Post("services/main/shop/cache/restart", "{}")),
        new("service remove",
            Delete("services/main/null/leaves"),
            Gone("services/main/null/leaves"))
        {
            Before = [Create("leaves"), Post("services/main/null/leaves/deploy", "{}"), Deployed()],
        },
        new("service remove --instance",
            Get("services/main/null/moves/instances", "instances[]: instance_number!, id!"),
            Delete("services/main/null/moves/instances/<instances[0].id>"))
        {
            Before = [Create("moves"), Post("services/main/null/moves/deploy", "{}"), Deployed()],
        },
        new("service containers", Get("services/main/shop/web/containers", Containers)),
        new("service logs", Get("services/main/shop/web/container_logs", Line), Get("services/main/shop/web/container_logs?instance=1", Line)),
        new("service logs --follow", Follow("services/main/shop/web/container_logs?follow=1", "name!, created_at!, data!, id!")),
        new("service events", Get("services/main/shop/web/event_logs", Event, until: "logs[0].type")),
        new("service stats", Get("services/main/shop/web/stats",
            "stats[]: container_id!, cpu!.usage, memory!.usage, memory!.limit, network!.internal!.rx_bytes, network!.internal!.tx_bytes, network!.external!.rx_bytes, network!.external!.tx_bytes",
            until: "stats[0].cpu")),
        new("service monitor",
            Get("services/main/shop/web", "instances!, strategy!, state!, stateful"),
            Get("services/main/shop/web/containers", "containers[]: node!.name!, status!")),
        new("service env list", Get("services/main/shop/web", "env!")),
        new("service env add", Post("services/main/null/tuned/envs", """{"env":"MODE=prod"}""")) { Before = [Create("tuned")] },
        new("service env remove", Delete("services/main/null/plain/envs/MODE"))
        {
            Before = [Create("plain"), Post("services/main/null/plain/envs", """{"env":"MODE=prod"}""")],
        },
        new("service secret link",
            Get("services/main/null/trusted", "secrets!"),
            Put("services/main/null/trusted", """{"secrets":[{"secret":"LINKED","name":"PASSWORD"}]}""", reads: "secrets[]: secret!, name!"))
        {
            Before = [Create("trusted"), Post("grids/main/secrets", """{"name":"LINKED","value":"s3cret"}""", 201)],
        },
        new("service secret unlink",
            Get("services/main/null/doubted", "secrets[]: secret!, name!"),
            Put("services/main/null/doubted", """{"secrets":[]}""", reads: "secrets!"))
        {
            Before =
            [
                Create("doubted"), Post("grids/main/secrets", """{"name":"UNLINKED","value":"s3cret"}""", 201),
                Put("services/main/null/doubted", """{"secrets":[{"secret":"UNLINKED","name":"PASSWORD"}]}"""),
            ],
        },
        new("service link",
            Get("services/main/null/near", "links!"),
            Put("services/main/null/near", """{"links":[{"name":"shop/web","alias":"web"}]}""", reads: "links[]: id!, alias!"))
        {
            Before = [Create("near")],
        },
        new("service unlink",
            Get("services/main/null/far", "links[]: id!, alias!"),
            // What stays is sent back as it was read, with the id that the client was told.
            Put("services/main/null/far", """{"links":[{"id":"<links[0].id>","alias":"web","name":"shop/web"}]}""", reads: "links[]: id!, alias!"),
            Put("services/main/null/far", """{"links":[]}""", reads: "links!"))
        {
            Before = [Create("far"), Put("services/main/null/far", """{"links":[{"name":"shop/web","alias":"web"}]}""")],
        },
        new("service exec",
            Get("services/main/shop/web/containers", "containers[]: instance_number!, status!, id!, name!"),
            Exec("containers/<containers[0].id>/exec", """{"cmd":["echo","hello"]}""", "frames[stream=stdout].chunk!, frames[exit=0].exit!")),
    ];

    /// <summary>The client always says these of a service that it creates.</summary>
    private static Call Create(string name) => Post("grids/main/services",
        $$$"""{"name":"{{{name}}}","image":"acme/app:1.4","stateful":false,"container_count":1,"secrets":[],"privileged":false,"log_opts":{},"read_only":false}""", 201);

    private static Call Deployed() => Get("services/<service_id>/deploys/<id>", StackDocuments.ServiceDeploy, until: "state=success");
}
