using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>How two agents measure the way between them, over TCP between the gateways of their bridges: first ten single bytes, each sent back; then, when asked,
/// bytes without end for a while, whose number the other side tells.</summary>
internal static class MeasureProtocol
{
    private const byte Echo = 1;
    private const byte Pump = 2;
    private const int Echoes = 10;
    private static readonly TimeSpan Pumping = TimeSpan.FromMilliseconds(330);

    /// <summary>Nobody may keep the listening side busy for longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <returns>Milliseconds of the quickest echo, and megabits per second when asked for.</returns>
    /// <exception cref="SocketException">No connection.</exception>
    /// <exception cref="IOException">It broke.</exception>
    public static async Task<(double RoundTrip, double? Megabits)> MeasureAsync(IPAddress from, IPEndPoint to, bool throughput, TimeProvider time, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(to, cancellationToken);
        await using var stream = new NetworkStream(socket);
        var one = new byte[1];
        var least = double.MaxValue;
        for (var echo = 0; echo < Echoes; echo++)
        {
            var sent = time.GetTimestamp();
            one[0] = Echo;
            await stream.WriteAsync(one, cancellationToken);
            await stream.ReadExactlyAsync(one, cancellationToken);
            least = Math.Min(least, time.GetElapsedTime(sent).TotalMilliseconds);
        }

        if (!throughput)
            return (least, null);
        var block = new byte[1 << 17];
        block[0] = Pump;
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < Pumping)
            await stream.WriteAsync(block, cancellationToken);
        socket.Shutdown(SocketShutdown.Send);
        var count = new byte[8];
        await stream.ReadExactlyAsync(count, cancellationToken);
        var seconds = time.GetElapsedTime(began).TotalSeconds;
        return (least, BinaryPrimitives.ReadInt64BigEndian(count) * 8 / seconds / 1e6);
    }

    /// <summary>The listening side of one connection.</summary>
    public static async Task ServeAsync(Socket accepted, CancellationToken cancellationToken)
    {
        accepted.NoDelay = true;
        await using var stream = new NetworkStream(accepted, ownsSocket: true);
        var one = new byte[1];
        while (await stream.ReadAsync(one, cancellationToken) == 1)
        {
            if (one[0] == Echo)
            {
                await stream.WriteAsync(one, cancellationToken);
                continue;
            }

            if (one[0] != Pump)
                return;
            var total = 1L;
            var block = new byte[1 << 17];
            for (int read; (read = await stream.ReadAsync(block, cancellationToken)) > 0;)
                total += read;
            var count = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(count, total);
            await stream.WriteAsync(count, cancellationToken);
            return;
        }
    }
}
