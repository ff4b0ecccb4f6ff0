using Kontena.Contracts.Nodes;
using Kontena.Contracts.Stats;

namespace Kontena.NodeAgent.Stats;

/// <summary>What the containers of each service used at most within the last hour (runtime.md §2.5). Placement reserves by it where nothing else is
/// said, so it goes along with a heartbeat and does not depend on where measurements are stored.</summary>
internal sealed class MemoryPeaks
{
    /// <summary>How long a measurement counts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>Only the largest of each is kept.</summary>
    private static readonly TimeSpan Slot = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Stack, string Service), Dictionary<long, long>> _slots = [];
    private IReadOnlyList<MemoryPeak>? _news;

    public void Take(IReadOnlyList<ContainerStats> containers, DateTimeOffset at)
    {
        var slot = at.UtcTicks / Slot.Ticks;
        var oldest = slot - (Window.Ticks / Slot.Ticks) + 1;
        lock (_gate)
        {
            foreach (var container in containers.Where(one => one.MemoryUsage > 0))
            {
                var key = (container.Stack, container.Service);
                if (!_slots.TryGetValue(key, out var slots))
                    _slots[key] = slots = [];
                slots[slot] = Math.Max(slots.GetValueOrDefault(slot), container.MemoryUsage);
            }

            foreach (var (key, slots) in _slots.ToList())
            {
                foreach (var old in slots.Keys.Where(one => one < oldest).ToList())
                    slots.Remove(old);
                if (slots.Count == 0)
                    _slots.Remove(key);
            }

            _news =
            [
                .. _slots.Select(one => new MemoryPeak(one.Key.Stack, one.Key.Service, one.Value.Values.Max()))
                    .OrderByDescending(one => one.Bytes).ThenBy(one => one.Stack, StringComparer.Ordinal).ThenBy(one => one.Service, StringComparer.Ordinal)
                    .Take(NodeHeartbeat.MostPeaks),
            ];
        }
    }

    /// <summary>All peaks after a measurement, once; null until the next.</summary>
    public IReadOnlyList<MemoryPeak>? TakeNews()
    {
        lock (_gate)
        {
            var news = _news;
            _news = null;
            return news;
        }
    }
}
