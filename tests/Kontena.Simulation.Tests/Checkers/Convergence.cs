using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;

namespace Kontena.Simulation.Tests.Checkers;

/// <summary>Whether what runs is what is declared: the right number of the right revision, each once, and nothing else.</summary>
internal static class Convergence
{
    /// <summary>What is not yet as declared; null when all is.</summary>
    public static string? Lacking(World world)
    {
        var state = world.State;
        if (state.Unfinished.Values.FirstOrDefault() is { } open)
            return $"deploy {open.Id} of {open.Stack}/{open.Service} is {open.State} ({open.Reason})";
        foreach (var machine in world.Machines)
        {
            if (!state.Nodes.Values.Any(node => node.NodeId == machine.Id && state.Liveness.GetValueOrDefault(node.Name)?.State == LivenessState.Online))
                return $"{machine.Name} is not online";
        }

        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (id, service) in state.Services)
        {
            known.Add(service.Uid);
            if (Lacking(world, id, service) is { } why)
                return why;
        }

        foreach (var (machine, container) in world.Ground.Running)
        {
            if (!known.Contains(container.Spec.ServiceUid))
                return $"{container.Spec.Name} runs on {machine.Name}, and its service is gone";
        }

        return state.Runs.Lacking();
    }

    private static string? Lacking(World world, string id, Service service)
    {
        if (service.RemovedAt is not null)
            return $"service {id} is still being removed";
        var running = world.Ground.Running.Where(one => one.Container.Spec.ServiceUid == service.Uid).ToList();
        var wanted = service.State != ServiceState.Running || !ServiceSpec.KeepsInstances(service.Spec) ? 0
            : service.Spec.Strategy == "daemon" ? service.Spec.Instances * world.State.Nodes.Count : service.Spec.Instances;
        if (running.Count != wanted)
            return $"service {id} ({service.State}) has {running.Count} of {wanted} containers: {string.Join(", ", running.Select(one => $"{one.Container.Spec.Name} on {one.Machine.Name}"))}";
        if (running.Select(one => one.Container.Spec.Number).Distinct().Count() != wanted)
            return $"service {id} runs a number twice: {string.Join(", ", running.Select(one => $"{one.Container.Spec.Name} on {one.Machine.Name}"))}";
        if (running.Find(one => one.Container.Spec.Number > wanted) is { Container: { } beyond })
            return $"{beyond.Spec.Name} is beyond the {wanted} of service {id}";
        if (running.Find(one => one.Container.Spec.ServiceRevision != service.Revision) is { Container: { } old })
            return $"{old.Spec.Name} is of revision {old.Spec.ServiceRevision}, wanted is {service.Revision}";
        foreach (var (machine, container) in running)
        {
            var instance = world.State.Instances.GetValueOrDefault(container.InstanceId);
            if (instance is not { Desired: DesiredState.Running } || instance.NodeId != machine.Id)
                return $"{container.Spec.Name} runs on {machine.Name}, but is wanted on {instance?.Node ?? "no node"}";
        }

        return null;
    }
}
