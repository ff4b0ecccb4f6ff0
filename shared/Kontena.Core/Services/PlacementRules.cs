using System.Text.RegularExpressions;
using Kontena.Contracts.Services;

namespace Kontena.Core.Services;

/// <summary>The options that say where instances go: what can't be kept by any grid is refused here, not in a deploy.</summary>
public static partial class PlacementRules
{
    /// <summary>As written in <c>deploy.strategy</c>.</summary>
    public static readonly IReadOnlyList<string> Strategies = ["ha", "daemon", "random", "binpack"];

    private const int MaxKey = 64;

    /// <summary>Whether it can be the key of a label, the part before <c>=</c>.</summary>
    public static bool IsLabelKey(string text) => text.Length is > 0 and <= MaxKey && LabelKey().IsMatch(text);

    /// <summary>Given deploy options replace all of them: what is left out goes back to its default.</summary>
    internal static ServiceSpec WithDeployOpts(ServiceSpec spec, DeployOptsRequest opts, FieldErrors errors)
    {
        var spread = opts.Spread?.Trim();
        if (spread is not null && !IsLabelKey(spread))
            errors.Reason("isn't in the right format: the key of a label, such as az or rack", "deploy_opts", "spread");
        if (opts.MaxPerNode is < 1 or > ServiceSpecReader.MaxInstances)
            errors.Reason(opts.MaxPerNode < 1 ? "is too small: at least 1" : $"is too big: at most {ServiceSpecReader.MaxInstances}", "deploy_opts", "max_per_node");
        if (opts.Reservations?.Cpus is { } cpus && !(double.IsFinite(cpus) && cpus > 0))
            errors.Reason(double.IsFinite(cpus) ? "is too small: more than 0" : "is invalid", "deploy_opts", "reservations", "cpus");
        if (opts.Reservations?.Memory is < 1)
            errors.Reason("is too small: at least 1 byte", "deploy_opts", "reservations", "memory");
        return spec with
        {
            Spread = spread, MaxPerNode = opts.MaxPerNode, CpuReservation = opts.Reservations?.Cpus, MemoryReservation = opts.Reservations?.Memory,
        };
    }

    /// <summary>What contradicts itself, once all fields are known.</summary>
    internal static void Check(ServiceSpec spec, FieldErrors errors)
    {
        if (spec.MemoryReservation > spec.Memory)
            errors.Say($"reserves {spec.MemoryReservation} bytes of memory, more than its limit of {spec.Memory}; raise the limit or reserve less", "deploy_opts", "reservations", "memory");
        if (spec.CpuReservation > spec.Cpus)
            errors.Say($"reserves {spec.CpuReservation} cpus, more than its limit of {spec.Cpus}; raise the limit or reserve less", "deploy_opts", "reservations", "cpus");
        if (spec is { Strategy: "daemon", MaxPerNode: { } most } && most < spec.Instances)
            errors.Say($"the strategy daemon runs {spec.Instances} instances on each node, and max_per_node allows {most}; leave max_per_node out", "deploy_opts", "max_per_node");
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_./-]+\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LabelKey();
}
