using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Names;
using Kontena.Contracts.Nodes;
using Kontena.Core.Names;
using Kontena.Scheduler.Repair;
using Kontena.Scheduler.Shards;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Names;

/// <summary>Tells all nodes of a grid which addresses there are: what a step changed leaves with its commit, in one message; who missed something shows
/// it by the digest in its heartbeat and is told everything.</summary>
/// <remarks>A node knows its own instances without being told, so a grid that has always had one node is told nothing. Who was told once has to be told on, also when it is
/// alone now: otherwise it would answer for ever what it was told of those that are gone.</remarks>
internal static class NamesPublication
{
    private static readonly TimeSpan TellFirst = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TellCap = TimeSpan.FromSeconds(60);

    public static void Run(GridDraft draft, GridMemory memory, IReadOnlyList<GridInput> inputs, DateTimeOffset now)
    {
        var facts = ((object)draft.Nodes, (object)draft.Liveness);
        var isNew = memory.Names is null;
        if (memory.Names is not { } names)
        {
            memory.Names = names = new PublishedNames { LookedAt = facts };
            foreach (var seen in draft.Observed.Values)
                names.Put(InstanceObserved.DocumentId(seen.Node, seen.InstanceId), RowOf(draft, seen));
        }

        names.IsTold |= draft.Nodes.ById.Count > 1 || inputs.OfType<GridInput.Heartbeat>().Any(input => input.Beat.NamesDigest is { Length: > 0 });
        if (!isNew)
        {
            var ids = names.LookedAt == facts ? Touched(draft) : names.Ids.Concat(draft.Observed.Values.Select(IdOf)).ToHashSet(StringComparer.Ordinal);
            names.LookedAt = facts;
            Publish(draft, names, ids, now);
        }

        if (names.IsTold)
            Repair(draft, memory, names, inputs, now);
    }

    private static void Publish(GridDraft draft, PublishedNames names, IEnumerable<string> ids, DateTimeOffset now)
    {
        var before = names.Digest;
        List<NamedInstance> upserts = [];
        List<string> removals = [];
        foreach (var id in ids.Order(StringComparer.Ordinal))
        {
            var (old, row) = names.Put(id, draft.Observed.Find(id) is { } seen ? RowOf(draft, seen) : null);
            if (old is not null && old.Key != row?.Key)
                removals.Add(old.Key);
            if (row is not null)
                upserts.Add(row);
        }

        if (names.Digest == before && upserts.Count == 0 && removals.Count == 0)
            return;
        names.Left(before, now);
        if (!names.IsTold)
            return;
        foreach (var chunk in upserts.Cast<object>().Concat(removals).Chunk(NamesChanged.Most))
        {
            draft.Send(Destination.Names(draft.Name), new NamesChanged
            {
                Grid = draft.Name,
                Epoch = draft.Epoch,
                Revision = names.NextRevision(now),
                Upserts = [.. chunk.OfType<NamedInstance>()],
                Removals = [.. chunk.OfType<string>()],
            });
        }
    }

    /// <summary>A single node is told on its own queue, several through the exchange: what a whole grid has missed is sent once.</summary>
    private static void Repair(GridDraft draft, GridMemory memory, PublishedNames names, IReadOnlyList<GridInput> inputs, DateTimeOffset now)
    {
        List<string> tell = [];
        foreach (var beat in inputs.OfType<GridInput.Heartbeat>().Select(input => input.Beat))
        {
            if (beat.NamesDigest is not { } digest || draft.Nodes.Find(beat.Node)?.NodeId != beat.NodeId)
                continue;
            var key = "names " + beat.NodeId;
            if (names.IsCurrent(digest, now))
            {
                names.Behind.Remove(beat.NodeId);
                memory.Forget(key);
            }
            else if ((digest.Length == 0 || !names.Behind.Add(beat.NodeId)) && memory.IsDue(key, 0, DateTimeOffset.MinValue, now, TellFirst, TellCap))
            {
                tell.Add(beat.NodeId);
            }
        }

        if (tell.Count == 0)
            return;
        var to = tell.Distinct(StringComparer.Ordinal).Count() == 1 ? Destination.Queue(Queues.NodeNames(tell[0])) : Destination.Names(draft.Name);
        var pages = names.Rows.OrderBy(row => row.Key, StringComparer.Ordinal).Chunk(NamesChanged.Most).DefaultIfEmpty([]).ToList();
        var revision = names.NextRevision(now);
        for (var page = 0; page < pages.Count; page++)
        {
            draft.Send(to, new NamesTold
            {
                Grid = draft.Name, Epoch = draft.Epoch, Revision = revision, Page = page, Pages = pages.Count, Instances = pages[page],
            });
        }
    }

    private static NamedInstance? RowOf(GridDraft draft, InstanceObserved seen)
    {
        if ((draft.Instances.Find(seen.InstanceId) ?? draft.Runs.Find(seen.InstanceId)?.Instance) is not { Spec: { } spec } instance || draft.Nodes.Find(seen.Node)?.NodeId != seen.NodeId)
            return null;
        var liveness = draft.Liveness.Find(seen.Node)?.State ?? LivenessState.Online;
        if (liveness == LivenessState.Offline)
            return null;
        return NamedInstances.Of(seen, spec, IsWanted(instance, seen.NodeId), suspect: liveness == LivenessState.Suspect);
    }

    /// <summary>It is to run there, or to serve on there until its successor elsewhere is ready.</summary>
    private static bool IsWanted(Instance instance, string nodeId) => instance.Desired == DesiredState.Running
        && (instance.NodeId == nodeId || instance.Departures.Any(one => one.NodeId == nodeId && one.AwaitsSuccessor));

    private static HashSet<string> Touched(GridDraft draft)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var seen in draft.Observed.Journal.Select(one => one.After ?? one.Before).OfType<InstanceObserved>())
            ids.Add(IdOf(seen));
        foreach (var instance in draft.Instances.Journal.SelectMany(one => (Instance?[])[one.Before, one.After]).OfType<Instance>())
        {
            if (instance.Node is { } node)
                ids.Add(InstanceObserved.DocumentId(node, instance.Id));
            foreach (var departure in instance.Departures)
                ids.Add(InstanceObserved.DocumentId(departure.Node, instance.Id));
        }

        return ids;
    }

    private static string IdOf(InstanceObserved seen) => InstanceObserved.DocumentId(seen.Node, seen.InstanceId);
}
