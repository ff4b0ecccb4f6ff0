namespace Kontena.Cli.Tests.Support;

/// <summary>Bodies of the API, short and complete enough.</summary>
internal static class Some
{
    public static string Service(string stack = "shop", string name = "web", int running = 2, int instances = 2, string state = "running", string updated = "2018-03-12T09:00:00.000Z") => $$$"""
        {"id":"main/{{{stack}}}/{{{name}}}","created_at":"2018-03-10T12:00:00.000Z","updated_at":"{{{updated}}}","image":"acme/{{{name}}}:1.4",
        "affinity":["label==ssd"],"name":"{{{name}}}","stateful":false,"user":null,"instances":{{{instances}}},"cmd":["serve","-v"],"entrypoint":null,"net":"bridge",
        "dns":"{{{name}}}.{{{stack}}}.main.kontena.local","ports":[{"ip":"0.0.0.0","protocol":"tcp","node_port":8080,"container_port":80}],"env":["MODE=prod","A=1"],
        "secrets":[{"name":"DB_PASS","secret":"PASS","type":"env"}],"memory":67108864,"memory_swap":null,"shm_size":null,"cpus":0.5,"cpu_shares":null,
        "volumes":[],"volumes_from":[],"cap_add":[],"cap_drop":[],"state":"{{{state}}}","grid":{"id":"main"},"stack":{"id":"main/{{{stack}}}","name":"{{{stack}}}"},
        "links":[{"id":"main/shop/db","alias":"db","name":"shop/db"}],"log_driver":null,"log_opts":{},"strategy":"ha",
        "deploy_opts":{"interval":null,"min_health":0.8,"wait_for_port":80},"pid":null,"instance_counts":{"total":2,"running":{{{running}}}},
        "read_only":false,"hooks":[],"revision":3,"stack_revision":4,"stop_signal":null,"stop_grace_period":10,"certificates":[]}
        """;

    public static string Container(string name = "shop.web-1", int instance = 1, bool running = true) => $$$$"""
        {"id":"main/core-01/{{{{name}}}}","name":"{{{{name}}}}","container_id":"3f1c","grid_id":"main","node":{"id":"ABCD","connected":true,"name":"core-01","public_ip":"203.0.113.5"},
        "service_id":"main/shop/web","created_at":"2018-03-12T09:00:00.000Z","updated_at":"2018-03-12T09:00:05.000Z","status":"{{{{(running ? "running" : "stopped")}}}}",
        "state":{"error":"","exit_code":{{{{(running ? 0 : 3)}}}},"running":{{{{(running ? "true" : "false")}}}}},"deploy_rev":"r1","service_rev":"3","instance_number":{{{{instance}}}},
        "image":"acme/web:1.4","cmd":["serve","--with","a","long","command","line"],"ip_address":"10.81.128.7","hostname":"web-1","domainname":"shop.main.kontena.local",
        "network_settings":{"bridge":"","ip_address":"172.17.0.3","ports":{"80/tcp":[{"node_ip":"0.0.0.0","node_port":8080}]}}}
        """;

    public static string Instance(int number = 1, string state = "running", string? error = null) => $$$"""
        {"id":"5aa6b0c47d1e2a000100000{{{number}}}","instance_number":{{{number}}},"desired_state":"running","state":"{{{state}}}","deploy_rev":"r1","rev":"r1",
        "error":{{{(error is null ? "null" : $"\"{error}\"")}}},"node":{"id":"main/core-01","name":"core-01","public_ip":"203.0.113.5"}}
        """;

    public static string Stack(string name = "shop", string state = "running", string? parent = null, string children = "", string? services = null) => $$$"""
        {"id":"main/{{{name}}}","name":"{{{name}}}","state":"{{{state}}}","created_at":"2018-03-10T12:00:00.000Z","updated_at":"2018-03-11T12:00:00.000Z","stack":"acme/{{{name}}}",
        "registry":"file://","version":"1.0.0","revision":2,"expose":"web","source":"stack: acme/{{{name}}}\nservices: {}\n","variables":{"tag":"3"},"labels":["env=prod"],
        "services":[{{{services ?? Service(name)}}}],"metadata":{"tags":["web"]},"parent":{{{Parent(parent)}}},"children":[{{{children}}}]}
        """;

    public static string Node(string name = "core-01", int number = 1, string status = "online") => $$$"""
        {"id":"main/{{{name}}}","node_id":"ABCD:EFGH","connected":{{{(status == "online" ? "true" : "false")}}},"updated":true,"availability":"active","created_at":"2018-03-01T08:00:00.000Z",
        "updated_at":"2018-03-12T09:59:58.001Z","connected_at":"2018-03-12T07:00:00.500Z","last_seen_at":"2018-03-12T10:00:00.000Z","disconnected_at":"2018-03-12T10:00:00.000Z",
        "status":"{{{status}}}","has_token":false,"name":"{{{name}}}","os":"Debian","engine_root_dir":"/var/lib/docker","driver":"overlay2","network_drivers":[],
        "volume_drivers":[{"name":"local","version":null}],"kernel_version":"6.1","labels":["region=eu"],"mem_total":4294967296,"cpus":2,"public_ip":"203.0.113.5",
        "private_ip":"10.0.1.5","overlay_ip":"10.81.0.1","agent_version":"0.1.0","docker_version":"20.10","peer_ips":[],"node_number":{{{number}}},"initial_member":true,
        "grid":{"id":"main","name":"main","initial_size":3},"resource_usage":{"memory":{"total":4294967296,"used":2147483648,"cached":1073741824,"buffers":0},
        "load":{"1m":0.1,"5m":0.2,"15m":0.25},"filesystem":[{"name":"/var/lib/docker","used":1073741824,"total":2147483648}]}}
        """;

    public static string Grid(string name = "main") => $$$"""
        {"id":"{{{name}}}","name":"{{{name}}}","token":"grid-token","initial_size":3,"stats":{"statsd":null},"default_affinity":[],"trusted_subnets":[],"node_count":3,
        "service_count":12,"container_count":25,"user_count":2,"subnet":"10.81.0.0/16","supernet":"10.80.0.0/12"}
        """;

    /// <param name="instances">The instance deploys, as JSON objects.</param>
    public static string Deploy(string state, string instances = "", string? reason = null, string id = "d1", string service = "main/shop/web") => $$$"""
        {"id":"{{{id}}}","created_at":"2018-03-12T10:00:04.200Z","queued_at":null,"started_at":null,"finished_at":{{{(state is "success" or "error" ? "\"2018-03-12T10:00:09.000+00:00\"" : "null")}}},
        "service_id":"{{{service}}}","state":"{{{state}}}","reason":{{{(reason is null ? "null" : $"\"{reason}\"")}}},"instance_count":2,"instance_deploys":[{{{instances}}}]}
        """;

    public static string StackDeploy(string state, params string[] services) =>
        $$$"""{"id":"s1","stack_id":"main/shop","created_at":"2018-03-12T10:00:04.100Z","state":"{{{state}}}","service_deploys":[{{{string.Join(",", services)}}}]}""";

    public static string Log(string id, string name, string data) => $$$"""
        {"id":"{{{id}}}","name":"{{{name}}}","created_at":"2018-03-12T10:00:09.120Z","type":"stdout","data":"{{{data}}}"}
        """;

    private static string Parent(string? name) => name is null ? "null" : $$"""{"id":null,"name":"{{name}}"}""";
}
