using System.Net;

namespace Kontena.Api.Nodes;

/// <summary>How many are served at once of what anybody may ask and what is dear. One address can't take all turns.</summary>
internal abstract class AddressTurns(int atOnce, int ofOneAddress)
{
    private readonly Lock _guard = new();
    private readonly Dictionary<IPAddress, int> _taken = [];
    private int _all;

    /// <returns>False when there is none; else <see cref="Leave"/> gives it back.</returns>
    public bool TryTake(IPAddress address)
    {
        lock (_guard)
        {
            var own = _taken.GetValueOrDefault(address);
            if (_all >= atOnce || own >= ofOneAddress)
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

/// <summary>Of machines that exchange a token: each looks at every token there is.</summary>
internal sealed class EnrolTurns() : AddressTurns(AtOnce, OfOneAddress)
{
    public const int AtOnce = 16;
    public const int OfOneAddress = 8;
}

/// <summary>Of machines that fetch the agent's package.</summary>
internal sealed class PackageTurns() : AddressTurns(AtOnce, OfOneAddress)
{
    public const int AtOnce = 32;
    public const int OfOneAddress = 4;
}
