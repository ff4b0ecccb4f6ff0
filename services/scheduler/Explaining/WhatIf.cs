using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Placement;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Deploys;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Placement;
using Kontena.Scheduler.Snapshots;
using Kontena.State.Documents;

namespace Kontena.Scheduler.Explaining;

/// <summary>A grid as it would be: the same snapshot with other facts of its nodes. Everything that decides on the one decides on the other.</summary>
internal static class WhatIf
{
    /// <summary>Longer away than any strategy waits.</summary>
    private static readonly TimeSpan ForGood = TimeSpan.FromHours(1);

    private const string ProposedUid = "proposed-";

    /// <summary>The snapshot as placement looks at it, with its volumes and the memory that was seen in use.</summary>
    public static GridDraft Draft(GridSnapshot snapshot) => new(snapshot) { Peaks = snapshot.Index.Scene.Rules.Peaks };

    /// <summary>The nodes went away and do not come back; their records stay, and so do the orders to them.</summary>
    public static GridSnapshot Lost(GridSnapshot snapshot, IEnumerable<string> nodes, DateTimeOffset now)
    {
        var liveness = snapshot.Liveness;
        foreach (var node in nodes)
        {
            var gone = new NodeLiveness { Grid = snapshot.Name, Node = node, State = LivenessState.Offline, DisconnectedAt = now - ForGood };
            liveness = Write(liveness, gone);
        }

        return snapshot with { Liveness = liveness };
    }

    /// <summary>Nodes called <c>new-1</c>, <c>new-2</c> … join, empty and online, as large as given.</summary>
    public static GridSnapshot Joined(GridSnapshot snapshot, int count, IReadOnlyList<string> labels, NodeFacts facts, DateTimeOffset now)
    {
        var nodes = snapshot.Nodes;
        var liveness = snapshot.Liveness;
        var number = nodes.Values.Select(node => node.Number).DefaultIfEmpty(0).Max();
        foreach (var name in NewNames(snapshot, count))
        {
            nodes = Write(nodes, new Node
            {
                Grid = snapshot.Name, Name = name, Number = ++number, NodeId = name, Labels = labels, Facts = facts, CreatedAt = now, UpdatedAt = now,
            });
            liveness = Write(liveness, new NodeLiveness { Grid = snapshot.Name, Node = name, State = LivenessState.Online, ConnectedAt = now, LastSeenAt = now });
        }

        return snapshot with { Nodes = nodes, Liveness = liveness };
    }

    /// <summary>It is not there yet.</summary>
    public static bool IsProposed(Service service) => service.Uid.StartsWith(ProposedUid, StringComparison.Ordinal);

    /// <summary>The services of a stack as proposed, all running; those that leave are gone.</summary>
    public static GridSnapshot Proposed(GridSnapshot snapshot, string stack, IReadOnlyList<ProposedService> proposals, DateTimeOffset now)
    {
        var services = snapshot.Services;
        foreach (var proposal in proposals)
        {
            var id = Service.DocumentId(stack, proposal.Name);
            var current = services.Find(id);
            if (proposal.Spec is null)
            {
                services = services.Reread(id, null);
                continue;
            }

            services = Write(services, current is null
                ? new Service
                {
                    Grid = snapshot.Name, Stack = stack, Name = proposal.Name, Uid = ProposedUid + id, Spec = proposal.Spec, State = ServiceState.Running,
                    CreatedAt = now, UpdatedAt = now,
                }
                : current with
                {
                    Spec = proposal.Spec, State = ServiceState.Running, RemovedAt = null, Revision = current.Revision + (proposal.Changed ? 1 : 0),
                });
        }

        return snapshot with { Services = services };
    }

    /// <summary>The instance is on that node from here on, with what its service is now.</summary>
    /// <param name="instance">As it is; null when there is none yet.</param>
    public static void Place(GridDraft draft, Service service, Instance? instance, int number, string to)
    {
        var node = draft.Nodes.Find(to)!;
        var placed = instance ?? new Instance
        {
            Id = $"{service.Uid}-{number}", Grid = draft.Name, Stack = service.Stack, Service = service.Name, ServiceUid = service.Uid, Number = number,
            Generation = 0, Desired = DesiredState.Running, CreatedAt = service.CreatedAt, UpdatedAt = service.CreatedAt,
        };
        draft.Instances.Put(placed with
        {
            Node = node.Name,
            NodeId = node.NodeId,
            Spec = placed.Spec is { } spec && RevisionMatch.IsCurrent(service, spec)
                ? spec
                : InstanceSpecBuilder.Build(service, draft.Stacks.Find(service.Stack), node, number, deployRev: ""),
            Granted = Reservation.Of(service.Spec, draft.Scene.Rules.PeakOf(service)).ToGrant(),
        });
    }

    /// <summary>Draining nodes take work again.</summary>
    public static GridSnapshot Activated(GridSnapshot snapshot, IEnumerable<string> nodes)
    {
        var table = snapshot.Nodes;
        foreach (var node in nodes)
            table = Write(table, table.Find(node)! with { Availability = NodeAvailability.Active });
        return snapshot with { Nodes = table };
    }

    public static IReadOnlyList<string> NewNames(GridSnapshot snapshot, int count) =>
        [.. Enumerable.Range(1, int.MaxValue - 1).Select(at => $"new-{at}").Where(name => snapshot.Nodes.Find(name) is null).Take(count)];

    /// <summary>What the largest node offers; nothing known when no node has told of itself.</summary>
    public static NodeFacts Largest(GridSnapshot snapshot) => snapshot.Nodes.Values
        .Select(node => node.Facts).OfType<NodeFacts>()
        .OrderByDescending(facts => facts.MemoryTotal).ThenByDescending(facts => facts.Cpus)
        .FirstOrDefault() ?? new NodeFacts();

    private static DocumentTable<T> Write<T>(DocumentTable<T> table, T document)
        where T : class
    {
        var id = table.Kind.IdOf(document);
        return table.Reread(id, new Versioned<T>(document, table.VersionOf(id) + 1));
    }
}
