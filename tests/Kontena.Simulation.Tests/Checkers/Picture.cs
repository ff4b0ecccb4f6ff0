using Kontena.Contracts.Nodes;

namespace Kontena.Simulation.Tests.Checkers;

/// <summary>The grid in words, for who has to understand what is lacking.</summary>
internal static class Picture
{
    public static IEnumerable<string> Of(World world)
    {
        var state = world.State;
        yield return $"broker {(world.Broker.IsUp ? "up" : "away")}, {world.Broker.DeadLetters} dead letters; "
            + string.Join(", ", world.Replicas.Select(one => $"{one.Name} {(one.IsUp ? "up" : "down")} ({one.Skew.TotalSeconds:+0;-0;0} s)"));
        foreach (var deploy in state.StackDeploys.Values.Where(one => one.FinishedAt is null))
            yield return $"stack deploy {deploy.Id} of {deploy.Stack}: {deploy.State} {string.Join(",", deploy.Services)} begun {string.Join(",", deploy.ServiceDeployIds)}";
        foreach (var node in state.Nodes.Values)
        {
            var liveness = state.Liveness.GetValueOrDefault(node.Name);
            yield return $"{node.Name} is {liveness?.State.ToString() ?? "unknown"}{(node.Availability == NodeAvailability.Drain ? ", drained" : "")}";
        }

        foreach (var (id, service) in state.Services)
        {
            yield return $"service {id} {service.State} × {service.Spec.Instances} {service.Spec.Strategy}{(service.Spec.Stateful ? " stateful" : "")} "
                + $"{service.Spec.Image} r{service.Revision}{(service.RemovedAt is null ? "" : " removed")} at {service.UpdatedAt:HH:mm:ss}";
            foreach (var deploy in state.Deploys.Values.Where(one => one.ServiceUid == service.Uid).TakeLast(4))
                yield return $"  deploy {deploy.Id} {deploy.State}{(deploy.Automatic ? " automatic" : "")} {deploy.CreatedAt:HH:mm:ss}–{deploy.FinishedAt:HH:mm:ss} {Short(deploy.Reason)}";
        }

        foreach (var instance in state.Instances.Values.OrderBy(one => one.Stack, StringComparer.Ordinal).ThenBy(one => one.Service, StringComparer.Ordinal).ThenBy(one => one.Number))
        {
            var seen = state.Observed.Values.Where(one => one.InstanceId == instance.Id)
                .Select(one => $"{one.Node}: {one.State}{(one.Ready ? " ready" : "")} g{one.Generation} r{one.ServiceRevision} {Short(one.Error)}");
            yield return $"  {instance.Stack}/{instance.Service}-{instance.Number} {instance.Id} {instance.Desired} on {instance.Node ?? "-"} g{instance.Generation} r{instance.Spec?.ServiceRevision} {instance.Spec?.Image}"
                + $"{string.Concat(instance.Departures.Select(one => $" leaves {one.Node} g{one.Generation}"))} | {string.Join("; ", seen)}";
        }

        foreach (var run in state.Runs.Known.OrderBy(one => one.CreatedAt).TakeLast(20))
        {
            yield return $"  run {run.Id} of {run.Stack}/{run.Service} {run.Cause}{(run.DeployId is null ? "" : " of a deploy")} {run.State} {run.CreatedAt:HH:mm:ss} on {run.Node ?? "-"} "
                + $"{run.Instance?.Desired} g{run.Instance?.Generation} {Short(run.Reason)}";
        }

        foreach (var (machine, container) in world.Ground.Runs)
            yield return $"  runs once {container.Spec.Name} on {machine.Name}";
        foreach (var (machine, container) in world.Ground.Running)
            yield return $"  runs {container.Spec.Name} {container.InstanceId} r{container.Spec.ServiceRevision} on {machine.Name}";
    }

    private static string? Short(string? text) => text is { Length: > 160 } ? text[..160] + "…" : text;
}
