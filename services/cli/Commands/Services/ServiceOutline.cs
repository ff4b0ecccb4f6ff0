using System.Globalization;
using Kontena.Cli.Output;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary>The blocks of <c>service show</c> (cli.md §9.4) and the services of <c>stack show</c> (§8.4).</summary>
internal static class ServiceOutline
{
    /// <summary>What <c>stack show</c> prints below the name of each service.</summary>
    public static void WriteBrief(Outline block, ServiceJson service)
    {
        block.Field("created", HttpTimes.Zulu(service.CreatedAt))
            .Field("updated", HttpTimes.Zulu(service.UpdatedAt))
            .Field("image", service.Image)
            .Field("revision", service.StackRevision)
            .Field("state", service.State);
        if (service.HealthStatus is { } health) block.Open("health_status").Field("healthy", health.Healthy).Field("total", health.Total);
        block.Field("stateful", service.Stateful).Field("scaling", service.Instances).Field("strategy", service.Strategy).Field("read_only", service.ReadOnly);
        WriteDeployOpts(block, service.DeployOpts);
        if (service.RunAtDeploy == true) block.Field("run_at_deploy", "once by each deploy; its runs: kontena service runs");
        if (service.Schedule is { } schedule) Schedules.Write(block.Open("schedule"), schedule);
        block.Field("dns", service.Dns).Optional("networks", service.Networks);
        block.List("affinity", service.Affinity);
        if (service.Cmd is { Count: > 0 } cmd) block.Field("cmd", string.Join(' ', cmd));
        WriteSecrets(block, service);
        block.List("ports", service.Ports.Select(Port));
        block.List("links", service.Links.Select(link => $"{link.Alias} => {link.Id}"));
        block.List("volumes", service.Volumes).List("volumes_from", service.VolumesFrom);
    }

    /// <summary>Everything about the service itself; instances follow.</summary>
    public static void WriteFull(Outline block, ServiceJson service)
    {
        block.Field("created", HttpTimes.Zulu(service.CreatedAt))
            .Field("updated", HttpTimes.Zulu(service.UpdatedAt))
            .Field("stack", service.Stack.Id)
            .Field("desired_state", service.State)
            .Field("image", service.Image)
            .Field("revision", service.Revision)
            .Field("stack_revision", service.StackRevision)
            .Field("stateful", service.Stateful)
            .Field("scaling", service.Instances)
            .Field("strategy", service.Strategy)
            .Field("read_only", service.ReadOnly)
            .Optional("stop_signal", service.StopSignal)
            .Field("stop_grace_period", $"{service.StopGracePeriod}s");
        WriteDeployOpts(block, service.DeployOpts);
        if (service.RunAtDeploy == true) block.Field("run_at_deploy", "once by each deploy; its runs: kontena service runs");
        if (service.Schedule is { } schedule) Schedules.Write(block.Open("schedule"), schedule);
        block.Field("dns", service.Dns).Optional("networks", service.Networks);
        block.List("affinity", service.Affinity);
        block.Optional("entrypoint", service.Entrypoint);
        if (service.Cmd is { Count: > 0 } cmd) block.Field("cmd", string.Join(' ', cmd));
        block.Optional("user", service.User);
        if (service.Hooks.Count > 0)
        {
            var hooks = block.Open("hooks");
            foreach (var hook in service.Hooks)
            {
                (string, string?)[] limit = hook.Timeout is { } seconds ? [("timeout", $"{seconds}s")] : [];
                hooks.Entry([("name", hook.Name), ("type", hook.Type), ("cmd", hook.Cmd), ("oneshot", hook.Oneshot ? "true" : "false"), .. limit]);
            }
        }

        WriteSecrets(block, service);
        if (service.Certificates.Count > 0)
        {
            var certificates = block.Open("certificates");
            foreach (var item in service.Certificates) certificates.Entry(("subject", item.Subject), ("name", item.Name), ("type", item.Type));
        }

        block.List("env", service.Env);
        if (service.Net != "bridge") block.Field("net", service.Net);
        block.List("ports", service.Ports.Select(Port))
            .List("volumes", service.Volumes)
            .List("volumes_from", service.VolumesFrom)
            .List("links", service.Links.Select(link => link.Alias))
            .List("cap_add", service.CapAdd)
            .List("cap_drop", service.CapDrop)
            .Optional("log_driver", service.LogDriver);
        if (service.LogOpts.Count > 0)
        {
            var options = block.Open("log_opts");
            foreach (var (key, value) in service.LogOpts) options.Field(key, value);
        }

        block.Optional("cpus", service.Cpus?.ToString(CultureInfo.InvariantCulture))
            .Optional("cpu_shares", service.CpuShares?.ToString())
            .Optional("memory", Size(service.Memory))
            .Optional("memory_swap", Size(service.MemorySwap))
            .Optional("shm_size", Size(service.ShmSize))
            .Optional("pid", service.Pid);
        if (service.HealthCheck is { } check) WriteCheck(block.Open("health check"), check);
        else if (service.IgnoreImageHealthCheck == true) block.Field("health check", "none, not the image's own either");
        if (service.ReadinessCheck is { } readiness) WriteCheck(block.Open("readiness check"), readiness);

        if (service.HealthStatus is { } health) block.Open("health status").Field("healthy", health.Healthy).Field("total", health.Total);
    }

    private static void WriteCheck(Outline block, HealthCheckJson check) =>
        block.Field("protocol", check.Protocol).Optional("uri", check.Uri).Field("port", check.Port)
            .Field("timeout", check.Timeout).Field("interval", check.Interval).Field("initial_delay", check.InitialDelay)
            .Optional("retries", check.Retries?.ToString()).Optional("success_threshold", check.SuccessThreshold?.ToString());

    private static string? Size(long? bytes) => bytes is { } value ? value < 0 ? "unlimited" : Sizes.Decimal(value) : null;

    private static string Port(PortJson port) =>
        $"{(port.Ip is "" or "0.0.0.0" ? "" : $"{port.Ip}:")}{port.NodePort}:{port.ContainerPort}/{port.Protocol}";

    private static void WriteDeployOpts(Outline block, DeployOptsJson options)
    {
        var inner = block.Open("deploy_opts");
        inner.Optional("min_health", options.MinHealth?.ToString(CultureInfo.InvariantCulture))
            .Optional("wait_for_port", options.WaitForPort?.ToString())
            .Optional("interval", options.Interval?.ToString())
            .Optional("parallelism", options.Parallelism?.ToString())
            .Optional("parallelism_per_node", options.ParallelismPerNode?.ToString())
            .Optional("order", options.Order)
            .Optional("on_failure", options.OnFailure)
            .Optional("spread", options.Spread)
            .Optional("max_per_node", options.MaxPerNode?.ToString())
            .Optional("stop_after_disconnect", options.StopAfterDisconnect?.ToString());
        if (options.Reservations is { } kept)
            inner.Open("reservations").Optional("cpus", kept.Cpus?.ToString(CultureInfo.InvariantCulture)).Optional("memory", Size(kept.Memory));
    }

    private static void WriteSecrets(Outline block, ServiceJson service)
    {
        if (service.Secrets.Count == 0) return;
        var secrets = block.Open("secrets");
        foreach (var secret in service.Secrets) secrets.Entry(("secret", secret.Secret), ("name", secret.Name), ("type", secret.Type));
    }
}
