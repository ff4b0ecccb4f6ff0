using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>Pings between the gateways of two nodes' bridges, which may not be taken apart on the way: the kernel answers them, agent or not.</summary>
internal static class PathProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly int[] Sizes = [1450, 1420, 1400, 1280, 1000, 576];

    /// <summary>Small enough for any wire.</summary>
    private const int Smallest = 84;
    private const int LargestPacket = 9216;
    private const int IpHeader = 20;
    private const byte EchoRequest = 8;
    private const byte EchoReply = 0;

    private const int IpLevel = 0;
    private const int MtuDiscovery = 10;
    private const int WholeInAnyCase = 3;
    private const int RawLevel = 255;
    private const int IcmpFilter = 1;

    /// <summary>The largest packet that goes through whole, of the planned size and those that are common; 0 when none does.</summary>
    public static async Task<int> LargestAsync(PlannedPeer peer, TimeProvider time)
    {
        if (await PassesAsync(peer, peer.Mtu, time))
            return peer.Mtu;
        // One that is away costs its patience twice, not once for each size.
        if (!await PassesAsync(peer, Smallest, time))
            return 0;
        foreach (var size in Sizes.Where(size => size < peer.Mtu))
        {
            if (await PassesAsync(peer, size, time))
                return size;
        }

        return Smallest;
    }

    /// <summary>Whatever the kernel has been told of the way, as by a route of ours for a narrow one: only so it is seen that the way is wide again.</summary>
    private static async Task<bool> PassesAsync(PlannedPeer peer, int size, TimeProvider time)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp);
            socket.SetRawSocketOption(IpLevel, MtuDiscovery, BitConverter.GetBytes(WholeInAnyCase));
            socket.SetRawSocketOption(RawLevel, IcmpFilter, BitConverter.GetBytes(~(1u << EchoReply)));
            await socket.ConnectAsync(IPAddress.Parse(peer.Gateway), 0);
            var question = Question(size - IpHeader);
            using var patience = new CancellationTokenSource(Patience, time);
            await socket.SendAsync(question, patience.Token);
            var packet = new byte[LargestPacket];
            while (true)
            {
                var length = await socket.ReceiveAsync(packet, patience.Token);
                if (IsAnswer(packet.AsSpan(0, length), question))
                    return true;
            }
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            // It does not fit through the interface, there is no way, or nothing came back.
            return false;
        }
    }

    /// <summary>RFC 792: type, code, checksum, identifier, sequence number, data.</summary>
    private static byte[] Question(int length)
    {
        var message = new byte[length];
        message[0] = EchoRequest;
        RandomNumberGenerator.Fill(message.AsSpan(4, 4));
        var sum = 0u;
        for (var at = 0; at < length; at += 2)
            sum += at + 1 < length ? BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(at)) : (uint)message[at] << 8;
        sum = (sum & 0xffff) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)~(sum + (sum >> 16)));
        return message;
    }

    private static bool IsAnswer(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> question)
    {
        var header = packet.Length >= IpHeader ? (packet[0] & 15) * 4 : packet.Length;
        return packet.Length >= header + 8 && packet[header] == EchoReply && packet.Slice(header + 4, 4).SequenceEqual(question.Slice(4, 4));
    }
}
