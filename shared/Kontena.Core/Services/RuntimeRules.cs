using Kontena.Contracts.Services;

namespace Kontena.Core.Services;

/// <summary>Limits, modes and deploy options: what the engine or the deployer would choke on later is refused now.</summary>
internal static class RuntimeRules
{
    /// <summary>A year. Longer intervals between automatic deploys are mistakes of unit.</summary>
    private const int MaxDeployInterval = 366 * 24 * 60 * 60;

    private const int MaxParallelism = 1000;

    /// <summary>The first is the default.</summary>
    private static readonly string[] OnFailure = ["stop", "continue", "rollback"];

    /// <summary>The first is the default.</summary>
    private static readonly string[] Orders = ["stop-first", "start-first"];

    /// <summary>Seconds. Shorter, a few lost heartbeats would stop a healthy database.</summary>
    private const int ShortestLease = 20;
    private const int LongestLease = 24 * 60 * 60;

    public static void Check(ServiceRequest request, FieldErrors errors)
    {
        if (request.CpuShares is < 0 or > 1024)
            errors.Reason(request.CpuShares < 0 ? "is too small" : "is too big", "cpu_shares");
        if (request.Cpus is { } cpus && !(double.IsFinite(cpus) && cpus > 0))
            errors.Reason(double.IsFinite(cpus) ? "is too small" : "is invalid", "cpus");
        AtLeast(request.Memory, 1, "memory", errors);
        AtLeast(request.MemorySwap, -1, "memory_swap", errors);
        AtLeast(request.ShmSize, 1, "shm_size", errors);
        if (request.Net?.Trim() is { Length: > 0 } net && net is not ("bridge" or "host")
            && !(net.StartsWith("container:", StringComparison.Ordinal) && net.Length > "container:".Length))
            errors.Reason("isn't in the right format: bridge, host or container:NAME", "net");
        if (request.Pid?.Trim() is { Length: > 0 } pid && pid != "host")
            errors.Reason("isn't in the right format: host, or nothing", "pid");
        if (request.StopSignal?.Trim() is { Length: > 0 } signal && !StopSignalText.IsValid(signal))
            errors.Reason("isn't in the right format", "stop_signal");
        if (request.LogOpts?.FirstOrDefault(option => option.Value is null || option.Key.Length == 0) is { Key: not null } odd)
            errors.Reason("can't be nil", "log_opts", odd.Key.Length == 0 ? "key" : odd.Key);
    }

    public static int? StopGracePeriod(string? text, FieldErrors errors)
    {
        if (text is null)
            return null;
        if (DurationText.TryParse(text.Trim(), out var seconds))
            return seconds;
        errors.Reason("isn't in the right format: a duration such as 30s or 1m30s", "stop_grace_period");
        return null;
    }

    /// <summary>Given deploy options replace all of them: what is left out goes back to its default. Except for the schedule in a change, see <see cref="ScheduleRules"/>.</summary>
    public static ServiceSpec WithDeployOpts(ServiceSpec spec, DeployOptsRequest opts, bool isChange, FieldErrors errors)
    {
        if (opts.WaitForPort is < 1 or > 65535)
            errors.Reason(opts.WaitForPort < 1 ? "is too small: from 1 to 65535" : "is too big: from 1 to 65535", "deploy_opts", "wait_for_port");
        if (opts.MinHealth is { } health && !(health is >= 0 and <= 1))
            errors.Reason($"{(health < 0 ? "is too small" : double.IsNaN(health) ? "is invalid" : "is too big")}: from 0.0 to 1.0", "deploy_opts", "min_health");
        if (opts.Interval is < 1 or > MaxDeployInterval)
            errors.Reason(opts.Interval < 1 ? "is too small" : "is too big", "deploy_opts", "interval");
        if (opts.Parallelism is < 1 or > MaxParallelism)
            errors.Reason($"{(opts.Parallelism < 1 ? "is too small" : "is too big")}: from 1 to {MaxParallelism}", "deploy_opts", "parallelism");
        if (opts.ParallelismPerNode is < 1 or > MaxParallelism)
            errors.Reason($"{(opts.ParallelismPerNode < 1 ? "is too small" : "is too big")}: from 1 to {MaxParallelism}", "deploy_opts", "parallelism_per_node");
        var order = opts.Order?.Trim() ?? Orders[0];
        if (!Orders.Contains(order))
            errors.Say($"Order not supported: one of {string.Join(", ", Orders)}", "deploy_opts", "order");
        var onFailure = opts.OnFailure?.Trim() ?? OnFailure[0];
        if (!OnFailure.Contains(onFailure))
            errors.Say($"On failure not supported: one of {string.Join(", ", OnFailure)}", "deploy_opts", "on_failure");
        if (opts.StopAfterDisconnect is < ShortestLease or > LongestLease)
            errors.Reason($"is out of range: from {ShortestLease} seconds to a day", "deploy_opts", "stop_after_disconnect");
        else if (opts.StopAfterDisconnect is not null && !spec.Stateful)
            errors.Say("Stop After Disconnect is for stateful services; others run on and are started elsewhere", "deploy_opts", "stop_after_disconnect");
        spec = spec with
        {
            WaitForPort = opts.WaitForPort,
            MinHealth = opts.MinHealth ?? 0.8,
            DeployInterval = opts.Interval,
            StopAfterDisconnect = opts.StopAfterDisconnect,
            DeployParallelism = opts.Parallelism,
            DeployParallelismPerNode = opts.ParallelismPerNode,
            DeployOrder = order == Orders[0] ? null : order,
            DeployOnFailure = onFailure == OnFailure[0] ? null : onFailure,
            Schedule = isChange ? ScheduleRules.ReadChange(spec.Schedule, opts, errors) : ScheduleRules.Read(opts, errors),
        };
        return PlacementRules.WithDeployOpts(spec, opts, errors);
    }

    /// <summary>Two containers of one instance at once: where that can't be is said before a deploy finds out.</summary>
    public static void CheckOrder(ServiceSpec spec, FieldErrors errors)
    {
        if (spec.DeployOrder is null)
            return;
        List<string> obstacles = [];
        if (spec.Stateful)
            obstacles.Add("the data of a stateful instance would have two writers");
        if (spec.Net != "bridge")
            obstacles.Add($"with net {spec.Net} both would listen on the same ports");
        if (spec.Ports.Count > 0)
            obstacles.Add($"the one before holds the node's ports {string.Join(", ", spec.Ports.Select(port => $"{port.NodePort}/{port.Protocol}"))}");
        if (obstacles.Count == 0)
            return;
        var remedy = spec is { Stateful: false, Net: "bridge" } ? "; leave order out, or let a load balancer publish the ports and link this service to it" : "; leave order out";
        errors.Say($"start-first runs the new container beside the one before: {string.Join("; ", obstacles)}{remedy}", "deploy_opts", "order");
    }

    private static void AtLeast(long? value, long least, string field, FieldErrors errors)
    {
        if (value < least)
            errors.Reason($"is too small: at least {least}", field);
    }
}
