using System.Net;
using System.Net.NetworkInformation;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>Pings between the gateways of two nodes' bridges, which may not be taken apart on the way: the kernel answers them, agent or not.</summary>
internal static class PathProbe
{
    /// <summary>Bytes of the headers of an IPv4 packet and of a ping.</summary>
    private const int Overhead = 28;
    private const int Patience = 500;
    private static readonly int[] Sizes = [1450, 1420, 1400, 1280, 1000, 576];

    /// <summary>Small enough for any wire.</summary>
    private const int Smallest = 84;

    /// <summary>The largest packet that goes through whole, of the planned size and those that are common; 0 when none does.</summary>
    public static async Task<int> LargestAsync(PlannedPeer peer)
    {
        if (await PassesAsync(peer, peer.Mtu))
            return peer.Mtu;
        // One that is away costs its patience twice, not once for each size.
        if (!await PassesAsync(peer, Smallest))
            return 0;
        foreach (var size in Sizes.Where(size => size < peer.Mtu))
        {
            if (await PassesAsync(peer, size))
                return size;
        }

        return Smallest;
    }

    private static async Task<bool> PassesAsync(PlannedPeer peer, int size)
    {
        using var ping = new Ping();
        try
        {
            return (await ping.SendPingAsync(IPAddress.Parse(peer.Gateway), Patience, new byte[size - Overhead], new PingOptions(64, dontFragment: true))).Status == IPStatus.Success;
        }
        catch (PingException)
        {
            // The kernel knows already that it does not fit, or that there is no way.
            return false;
        }
    }
}
