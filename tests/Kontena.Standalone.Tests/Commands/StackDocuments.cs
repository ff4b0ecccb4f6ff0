using static Kontena.Standalone.Tests.Commands.Call;

namespace Kontena.Standalone.Tests.Commands;

/// <summary>What the client posts of a stack file (rest-api.md §27): every key that it knows, many of them null.</summary>
internal static class StackDocuments
{
    /// <summary>What is read of a deploy of a service (§12.6).</summary>
    public const string ServiceDeploy =
        "id!, service_id!, state!, finished_at, created_at, started_at, reason, instance_count; instance_deploys[*]: instance_number, node, state, error";

    /// <summary>What is read of a deploy of a stack (§11.5).</summary>
    public const string StackDeploy = "id!, stack_id!, state!, service_deploys!; service_deploys[*]: id!, service_id!, state!, finished_at, reason, instance_deploys!";

    public static string Shop => Of("shop",
        Service("web", """[{"ip":"0.0.0.0","container_port":80,"node_port":18080,"protocol":"tcp"}]"""), Service("worker"), Service("cache"));

    public static string Of(string name, params IReadOnlyList<string> services) =>
        """{"name":"NAME","parent":null,""".Replace("NAME", name, StringComparison.Ordinal) + Content(services) + "}";

    /// <summary>An upgrade names neither the stack nor its parent.</summary>
    public static string Upgrade(params IReadOnlyList<string> services) => "{" + Content(services) + "}";

    public static string Service(string name, string ports = "[]") => """
        {"instances":null,"image":"acme/app:1.4","env":null,"links":[],"external_links":[],"ports":PORTS,"volumes":[],"volumes_from":[],"affinity":[],"stateful":false,
        "deploy_opts":{"wait_for_port":null,"min_health":null,"interval":null},"hooks":{},
        "health_check":{"port":null,"protocol":null,"uri":null,"timeout":null,"interval":null,"initial_delay":null},"read_only":false,"log_driver":null,"log_opts":null,"name":"NAME"}
        """.Replace("PORTS", ports, StringComparison.Ordinal).Replace("NAME", name, StringComparison.Ordinal);

    /// <summary>What a client asks to deploy a stack, to the end of it.</summary>
    public static IReadOnlyList<Call> Deployed(string stack) =>
    [
        Post($"stacks/main/{stack}/deploy", "{}", reads: StackDeploy),
        Get("stacks/<stack_id>/deploys/<id>", StackDeploy, until: "state=success"),
        Get("services/<service_deploys[0].service_id>/deploys/<service_deploys[0].id>", ServiceDeploy, until: "finished_at"),
    ];

    private static string Content(IReadOnlyList<string> services) =>
        $$$"""
        "stack":"acme/app","version":"0.2.0","labels":[],"registry":"file://","expose":null,"services":[{{{string.Join(',', services)}}}],"volumes":[],"dependencies":null,
        "source":"stack: acme/app","variables":{"size":"1"},"metadata":{}
        """;
}
