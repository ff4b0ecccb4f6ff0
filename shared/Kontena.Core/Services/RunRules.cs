using Kontena.Contracts.Services;

namespace Kontena.Core.Services;

/// <summary>What makes no sense of a service that is only ever run and ends, by a schedule or by its deploys.</summary>
internal static class RunRules
{
    /// <summary>Each as the end of a sentence: <c>can't go with ports: a run serves nobody</c>.</summary>
    public static IEnumerable<string> Misfits(ServiceSpec spec)
    {
        if (spec.Stateful)
            yield return "can't be given to a stateful service: each run is a container of its own; keep its data in a named volume";
        if (spec.Strategy == "daemon")
            yield return "can't go with the strategy daemon: there is one run, on one node";
        if (spec.Instances > 1)
            yield return $"can't go with {spec.Instances} instances: there is one run";
        if (spec.Ports.Count > 0)
            yield return "can't go with ports: a run serves nobody";
        if (spec.Hooks.Any(hook => hook.Type != "pre_build"))
            yield return "can't go with hooks: put the work into the command of the run";
        if (spec.WaitForPort is not null || spec.HealthCheck is not null || spec.ReadinessCheck is not null)
            yield return "can't go with wait_for_port or checks: nobody waits for a run to be ready";
        if (spec.DeployInterval is not null)
            yield return "can't go with interval: each run takes the image anew";
    }

    /// <summary>The same for one that is run by its deploys.</summary>
    public static IEnumerable<string> MisfitsAtDeploy(ServiceSpec spec)
    {
        foreach (var misfit in Misfits(spec))
            yield return misfit;
        if (spec.Schedule is not null)
            yield return "can't go with a schedule: it is run by the one or by the other";
        if (spec.DeployOnFailure == "rollback")
            yield return "can't go with on_failure: rollback, which would run what it was before once more";
    }
}
