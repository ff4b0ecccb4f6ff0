using System.Net;
using System.Net.Sockets;

namespace Kontena.Api.Auth;

/// <summary>Counts what comes from one address within a minute. For IPv6 an address is its /64, of which one customer has all.</summary>
/// <remarks>This machine is not counted (rest-api.md §1.7), unless the options say so.</remarks>
internal abstract class AddressWindows(ApiOptions options, TimeProvider time)
{
    public const int Most = 60;

    /// <summary>Addresses counted at once. When there are more, all begin anew: then so many ask that no count of one matters.</summary>
    internal const int MostAddresses = 10_000;

    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    private readonly Lock _guard = new();
    private readonly Dictionary<IPAddress, int> _counts = [];
    private long? _began;

    /// <summary>Whether there is still room, without taking any.</summary>
    public bool IsFull(IPAddress? address)
    {
        if (KeyOf(address) is not { } key)
            return false;
        lock (_guard)
        {
            BeginAnew();
            return _counts.GetValueOrDefault(key) >= Most;
        }
    }

    /// <returns>False when there was no room.</returns>
    public bool TryCount(IPAddress? address)
    {
        if (KeyOf(address) is not { } key)
            return true;
        lock (_guard)
        {
            BeginAnew();
            var count = _counts.GetValueOrDefault(key);
            if (count >= Most)
                return false;
            if (count == 0 && _counts.Count >= MostAddresses)
                _counts.Clear();
            _counts[key] = count + 1;
            return true;
        }
    }

    /// <summary>Gives back what was counted.</summary>
    public void GiveBack(IPAddress? address)
    {
        if (KeyOf(address) is not { } key)
            return;
        lock (_guard)
        {
            if (_counts.GetValueOrDefault(key) is > 0 and var count)
                _counts[key] = count - 1;
        }
    }

    /// <summary>One window for all: nothing is kept of an address that is quiet.</summary>
    private void BeginAnew()
    {
        if (_began is { } began && time.GetElapsedTime(began) < Window)
            return;
        _counts.Clear();
        _began = time.GetTimestamp();
    }

    private IPAddress? KeyOf(IPAddress? address)
    {
        if (address is null || (IPAddress.IsLoopback(address) && !options.LimitsLoopback))
            return null;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}

/// <summary>Of codes and refresh tokens that were none; also those that are still being looked at.</summary>
internal sealed class ExchangeTurns(ApiOptions options, TimeProvider time) : AddressWindows(options, time);

/// <summary>Of tokens that were none.</summary>
internal sealed class FailedSignIns(ApiOptions options, TimeProvider time) : AddressWindows(options, time);
