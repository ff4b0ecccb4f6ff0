using Kontena.State;

namespace Kontena.Scheduler.Shards;

/// <summary>Another scheduler has taken the grid over, so what was delivered here may belong to it.</summary>
internal sealed class EpochLostException(string grid, StateConflictException conflict)
    : Exception($"another scheduler has taken grid {grid} over; the message goes back to its queue", conflict);
