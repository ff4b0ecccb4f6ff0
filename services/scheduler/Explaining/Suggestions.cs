using Kontena.Contracts.Nodes;
using Kontena.Contracts.Placement;
using Kontena.Contracts.Services;
using Kontena.Core.Affinities;
using Kontena.Scheduler.Placement;
using Kontena.Scheduler.Placement.Strategies;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Explaining;

/// <summary>What would let every instance of a service be placed. Nothing is named that was not tried with the planner that decides later.</summary>
internal static class Suggestions
{
    /// <summary>Nodes that are suggested to be added; who needs more has another trouble.</summary>
    private const int MostNodes = 64;

    /// <summary>Hard affinities that are tried to be left out; each try costs a planning run.</summary>
    private const int MostAffinities = 16;

    /// <param name="placed">How many instances found a node; fewer than wanted.</param>
    public static IReadOnlyList<SuggestedChange> For(GridSnapshot snapshot, Service service, int placed, DateTimeOffset now)
    {
        IEnumerable<SuggestedChange?> changes =
        [
            .. Activating(snapshot, service, now), Adding(snapshot, service, now), Scaling(snapshot, service, placed, now),
            .. Dropping(snapshot, service, now),
        ];
        return [.. changes.OfType<SuggestedChange>()];
    }

    private static bool IsPlaced(GridSnapshot snapshot, Service service, DateTimeOffset now)
    {
        var draft = WhatIf.Draft(snapshot);
        return PlacementPlanner.Plan(draft.Scene, service, draft.InstancesOf(service.Uid), now, PlacementSeed.Of(service)) is PlacementPlan.Placed;
    }

    // One of the draining nodes if that is enough, else all of them.
    private static IEnumerable<SuggestedChange> Activating(GridSnapshot snapshot, Service service, DateTimeOffset now)
    {
        var draining = snapshot.Nodes.Values.Where(node => node.Availability == NodeAvailability.Drain).OrderBy(node => node.Number)
            .Select(node => node.Name).ToList();
        var enough = draining.Select(name => (IReadOnlyList<string>)[name]).Append(draining)
            .FirstOrDefault(names => names.Count > 0 && IsPlaced(WhatIf.Activated(snapshot, names), service, now));
        if (enough is not null)
        {
            yield return new SuggestedChange(
                "activate", $"let {string.Join(" and ", enough)} take work again: kontena node update --availability active {string.Join(' ', enough)}",
                Nodes: enough);
        }
    }

    private static SuggestedChange? Adding(GridSnapshot snapshot, Service service, DateTimeOffset now)
    {
        var need = Reservation.Of(service.Spec, snapshot.Index.Scene.Rules.PeakOf(service)).Load;
        var largest = WhatIf.Largest(snapshot);
        var facts = largest with
        {
            Cpus = Math.Max(largest.Cpus, largest.Cpus == 0 ? 0 : (int)Math.Ceiling(need.Cpus)),
            MemoryTotal = Math.Max(largest.MemoryTotal, largest.MemoryTotal == 0 ? 0 : need.Memory),
        };
        var labels = LabelsFor(snapshot, service);
        bool Fits(int count) => IsPlaced(WhatIf.Joined(snapshot, count, labels, facts, now), service, now);

        var most = 1;
        while (most <= MostNodes && !Fits(most))
            most *= 2;
        if (most > MostNodes)
            return null;
        var (least, tooFew) = (most, most / 2);
        while (least - tooFew > 1)
        {
            var middle = (least + tooFew) / 2;
            (least, tooFew) = Fits(middle) ? (middle, tooFew) : (least, middle);
        }

        var size = facts.MemoryTotal > 0 ? $" with {facts.Cpus} CPUs and {Quantity(facts.MemoryTotal)} of memory" : "";
        var with = labels.Count > 0 ? $"{(size.Length > 0 ? " and" : " with")} the labels {string.Join(' ', labels)}" : "";
        return new SuggestedChange(
            "add-nodes", $"add {(least == 1 ? "a node" : $"{least} nodes")}{size}{with}",
            Count: least, Labels: labels, Cpus: facts.Cpus, Memory: facts.MemoryTotal);
    }

    private static SuggestedChange? Scaling(GridSnapshot snapshot, Service service, int placed, DateTimeOffset now)
    {
        if (PlacementStrategies.Find(service.Spec.Strategy) is not { PerNode: false })
            return null;
        var name = service.Stack == Service.NoStack ? service.Name : $"{service.Stack}/{service.Name}";
        // Nearly always as many as found a node just now; fewer by steps that double when one makes room for another.
        var most = Math.Min(placed, service.Spec.Instances - 1);
        for (var less = 0; less < most; less = less == 0 ? 1 : less * 2)
        {
            var count = most - less;
            if (IsPlaced(snapshot, service with { Spec = service.Spec with { Instances = count } }, now))
                return new SuggestedChange("scale", $"run {count} of them: kontena service scale {name} {count}", Instances: count);
        }

        return null;
    }

    private static IEnumerable<SuggestedChange> Dropping(GridSnapshot snapshot, Service service, DateTimeOffset now)
    {
        foreach (var rule in service.Spec.Affinity.Take(MostAffinities))
        {
            var without = service with { Spec = service.Spec with { Affinity = [.. service.Spec.Affinity.Where(one => one != rule)] } };
            if (AffinityExpression.TryParse(rule, out var read, out _) && !read.Soft && IsPlaced(snapshot, without, now))
                yield return new SuggestedChange("drop-affinity", $"leave the affinity {rule} out, or make it a wish: {Wish(rule)}", Affinity: rule);
        }
    }

    // A new node can have the labels that are asked for; what else a rule looks at is found out by trying.
    private static List<string> LabelsFor(GridSnapshot snapshot, Service service)
    {
        var rules = service.Spec.Affinity.Count > 0 ? service.Spec.Affinity : snapshot.Grid?.DefaultAffinity ?? [];
        var labels = new List<string>();
        foreach (var rule in rules)
        {
            if (AffinityExpression.TryParse(rule, out var read, out _)
                && read is { Subject: AffinitySubject.Label, Negated: false, IsPattern: false } && !read.Value.Contains("%s", StringComparison.Ordinal))
            {
                labels.Add(read.Value);
            }
        }

        return [.. labels.Distinct(StringComparer.Ordinal)];
    }

    private static string Wish(string rule) => rule.Contains("==", StringComparison.Ordinal)
        ? rule.Replace("==", "==~", StringComparison.Ordinal)
        : rule.Replace("!=", "!=~", StringComparison.Ordinal);

    private static string Quantity(long bytes) => $"{Math.Ceiling(bytes / (1024.0 * 1024)):0} MB";
}
