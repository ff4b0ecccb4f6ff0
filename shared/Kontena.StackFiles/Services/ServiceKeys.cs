namespace Kontena.StackFiles.Services;

/// <summary>Which keys a service may have (stack-file.md §7, §16.2, §17.3).</summary>
internal static class ServiceKeys
{
    public static readonly string[] Known =
    [
        "image", "build", "extends", "instances", "stateful", "command", "entrypoint", "environment", "env_file", "affinity", "links", "depends_on",
        "external_links", "ports", "volumes", "volumes_from", "secrets", "certificates", "deploy", "health_check", "readiness_check", "hooks",
        "cpus", "cpu_shares",
        "mem_limit", "memswap_limit", "mem_swaplimit", "shm_size", "cap_add", "cap_drop", "privileged", "user", "pid", "network_mode", "logging",
        "stop_signal", "stop_grace_period", "read_only", "only_if", "skip_if",
    ];

    /// <summary>Older spellings, understood where there is no <c>stack:</c>.</summary>
    public static readonly string[] Older = ["net", "log_driver", "log_opt", "log_opts", "dockerfile"];

    /// <summary>Keys of docker-compose that have no meaning here: passed over with a notice in a file that is extended, refused in a stack file.</summary>
    public static readonly string[] ComposeOnly =
    [
        "restart", "container_name", "hostname", "domainname", "dns", "dns_search", "extra_hosts", "devices", "tmpfs", "ulimits", "labels", "expose",
        "networks", "tty", "stdin_open", "working_dir", "cgroup_parent", "security_opt", "ipc", "mac_address", "sysctls", "healthcheck", "init",
        "configs", "scale", "isolation", "group_add", "cpu_quota", "oom_score_adj", "cpuset", "volume_driver", "profiles", "platform", "pull_policy",
    ];
}
