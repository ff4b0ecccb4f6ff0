using Kontena.Contracts.Audit;

namespace Kontena.Api.Audit;

/// <summary>Requests that were refused and are still to be written down, by caller, need and grid. Counting never waits, and a flood of them takes no more room than a few.</summary>
internal sealed class RefusalWindow
{
    /// <summary>Kinds of refusals that are told apart: as many of users as of strangers, so that strangers crowd out nobody who is known.</summary>
    public const int MostOfEach = 30;

    public const string Unknown = "unknown";

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Id, string? Address, string Need, string? Grid), RefusedAccess> _kinds = [];
    private long _beyond;

    public void Count(RefusedAccess refused)
    {
        var key = (refused.Caller.Id, refused.Caller.Address, refused.Need, refused.Grid);
        lock (_gate)
        {
            if (_kinds.TryGetValue(key, out var known))
                _kinds[key] = known with { Count = known.Count + refused.Count };
            else if (_kinds.Values.Count(one => IsOfStranger(one) == IsOfStranger(refused)) < MostOfEach)
                _kinds[key] = refused;
            else
                _beyond += refused.Count;
        }
    }

    /// <returns>All there is, which is forgotten here; null when there is nothing.</returns>
    public NoteRefusals? Take()
    {
        lock (_gate)
        {
            if (_kinds.Count == 0)
                return null;
            var taken = new NoteRefusals { Refused = [.. _kinds.Values], Beyond = _beyond };
            _kinds.Clear();
            _beyond = 0;
            return taken;
        }
    }

    /// <summary>It could not be written down; next time.</summary>
    public void GiveBack(NoteRefusals taken)
    {
        foreach (var refused in taken.Refused)
            Count(refused);
        lock (_gate)
            _beyond += taken.Beyond;
    }

    private static bool IsOfStranger(RefusedAccess refused) => refused.Caller.Id == Unknown;
}
