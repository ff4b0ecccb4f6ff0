using System.Net;

namespace Kontena.Api.Nodes;

/// <summary>How many machines are served at once that exchange a token: each looks at every token there is, and anybody may ask. One address can't take all turns.</summary>
internal sealed class EnrolTurns
{
    public const int AtOnce = 16;
    public const int OfOneAddress = 8;

    private readonly Lock _guard = new();
    private readonly Dictionary<IPAddress, int> _taken = [];
    private int _all;

    /// <returns>False when there is none; else <see cref="Leave"/> gives it back.</returns>
    public bool TryTake(IPAddress address)
    {
        lock (_guard)
        {
            var own = _taken.GetValueOrDefault(address);
            if (_all >= AtOnce || own >= OfOneAddress)
                return false;
            _taken[address] = own + 1;
            _all++;
            return true;
        }
    }

    public void Leave(IPAddress address)
    {
        lock (_guard)
        {
            _all--;
            if (--_taken[address] == 0)
                _taken.Remove(address);
        }
    }
}
