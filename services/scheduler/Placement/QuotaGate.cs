using Kontena.Contracts.Grids;
using Kontena.Contracts.Services;

namespace Kontena.Scheduler.Placement;

/// <summary>Counts what is placed against the quotas of the grid and of the stack. What runs already counts, and is never taken away for
/// them.</summary>
internal sealed class QuotaGate
{
    private readonly List<Bound> _bounds = [];
    private readonly NodeLoad _need;

    public QuotaGate(PlacementBoard board)
    {
        _need = board.Need;
        var rules = board.Scene.Rules;
        var service = board.Service;
        if (rules.Quota is { } whole)
            _bounds.Add(new Bound($"grid {service.Grid}", "--quota", whole, null));
        if (rules.StackQuotas.TryGetValue(service.Stack, out var quota)
            || (service.Stack != Service.NoStack && rules.StackQuotas.TryGetValue(Quota.EveryStack, out quota)))
        {
            _bounds.Add(new Bound($"stack {service.Stack}", "--stack-quota", quota, service.Stack));
        }

        foreach (var bound in _bounds)
        {
            bound.Used += _need * board.Choices.Sum(one => one.Count);
            foreach (var one in board.Scene.Nodes.SelectMany(node => board.Scene.On(node).All))
            {
                if (!one.Leaving && one.Instance.ServiceUid != service.Uid && (bound.Stack is null || bound.Stack == one.Instance.Stack))
                    bound.Used += Reservation.Of(one.Instance);
            }
        }
    }

    /// <summary>Why not one more; null when there may be one.</summary>
    public string? Refusal()
    {
        foreach (var bound in _bounds)
        {
            if (Exceeded(bound) is { } what)
                return $"the quota of {bound.Of} is {what}; raise it with kontena grid update {bound.Option}, or scale something down";
        }

        return null;
    }

    public void Taken()
    {
        foreach (var bound in _bounds)
            bound.Used += _need;
    }

    private string? Exceeded(Bound bound)
    {
        var (quota, used) = (bound.Quota, bound.Used);
        if (used.Instances + 1 > quota.Instances)
            return $"{quota.Instances} instances, {used.Instances} are placed";
        if (_need.Memory > 0 && used.Memory + _need.Memory > quota.Memory)
        {
            return $"{Quantities.Memory(quota.Memory.Value)} of memory, {Quantities.Memory(used.Memory)} are reserved, "
                + $"{Quantities.Memory(_need.Memory)} needed";
        }

        if (_need.NanoCpus > 0 && quota.Cpus is { } cpus && used.NanoCpus + _need.NanoCpus > Math.Round(cpus * NodeLoad.Nano))
            return $"{Quantities.Cpus(cpus)} CPUs, {Quantities.Cpus(used.Cpus)} are reserved, {Quantities.Cpus(_need.Cpus)} needed";
        return null;
    }

    private sealed class Bound(string of, string option, Quota quota, string? stack)
    {
        public string Of => of;

        public string Option => option;

        public Quota Quota => quota;

        /// <summary>Null for all of the grid.</summary>
        public string? Stack => stack;

        public NodeLoad Used { get; set; }
    }
}
