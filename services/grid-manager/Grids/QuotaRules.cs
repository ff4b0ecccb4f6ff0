using Kontena.Contracts.Grids;
using Kontena.Core.Naming;
using Kontena.Core.Services;

namespace Kontena.GridManager.Grids;

/// <summary>Bounds of a grid and its stacks. A stack need not exist yet.</summary>
internal static class QuotaRules
{
    /// <summary>Stacks of one grid that have a bound of their own.</summary>
    private const int Most = 1000;

    public static void Check(Quota? grid, IReadOnlyDictionary<string, Quota>? stacks, FieldErrors errors)
    {
        Check(grid, errors, "quota");
        if (stacks is null)
            return;
        if (stacks.Count > Most)
            errors.Reason($"is too long: at most {Most} stacks", "stack_quotas");
        foreach (var (stack, quota) in stacks)
        {
            if (stack != Quota.EveryStack && !NameRules.IsStackOrService(stack))
                errors.Say($"'{stack}' can't be the name of a stack; {NameRules.StackOrServiceForm}, or {Quota.EveryStack} for every other", "stack_quotas", stack);
            else
                Check(quota, errors, "stack_quotas", stack);
        }
    }

    private static void Check(Quota? quota, FieldErrors errors, params string[] path)
    {
        if (quota?.Instances < 0)
            errors.Reason("is too small: 0 or more", [.. path, "instances"]);
        if (quota?.Memory < 0)
            errors.Reason("is too small: 0 or more bytes", [.. path, "memory"]);
        if (quota?.Cpus is { } cpus && !(double.IsFinite(cpus) && cpus >= 0))
            errors.Reason("is too small: 0 or more", [.. path, "cpus"]);
    }
}
