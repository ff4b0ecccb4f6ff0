using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kontena.Hosting.Tests.Bus;

/// <summary>Stands between a process and its broker, and loses the first attempts to declare one queue: those calls are never answered, all else is.</summary>
internal sealed class ForgetfulProxy : IAsyncDisposable
{
    /// <summary>AMQP 0-9-1: type, channel (2), size of what follows (4).</summary>
    private const int HeaderLength = 7;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ends = new();
    private readonly Uri _broker;
    private readonly byte[] _declare;
    private readonly Task _accepting;
    private int _left;

    /// <param name="broker">An <c>amqp://</c> address.</param>
    /// <param name="queue">Whose declarations are lost.</param>
    /// <param name="times">How many of them.</param>
    public ForgetfulProxy(string broker, string queue, int times)
    {
        (_broker, _left) = (new Uri(broker), times);
        // queue.declare is method 10 of class 50; after a reserved short comes the name with its length.
        _declare = [0, 50, 0, 10, 0, 0, (byte)queue.Length, .. Encoding.ASCII.GetBytes(queue)];
        _listener.Start();
        Address = new UriBuilder(_broker) { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri.ToString();
        _accepting = AcceptAsync();
    }

    public string Address { get; }

    /// <summary>Declarations that are still to be lost.</summary>
    public int Left => Math.Max(0, Volatile.Read(ref _left));

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ends.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_ends.Token);
            _ = CarryAsync(client).ContinueWith(_ => client.Dispose(), TaskScheduler.Default);
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var broker = new TcpClient();
        await broker.ConnectAsync(_broker.Host, _broker.Port, _ends.Token);
        var (near, far) = (client.GetStream(), broker.GetStream());
        await Task.WhenAny(ForwardAsync(near, far), far.CopyToAsync(near, _ends.Token));
    }

    private async Task ForwardAsync(NetworkStream near, NetworkStream far)
    {
        var greeting = new byte[8];
        await near.ReadExactlyAsync(greeting, _ends.Token);
        await far.WriteAsync(greeting, _ends.Token);
        var header = new byte[HeaderLength];
        while (true)
        {
            await near.ReadExactlyAsync(header, _ends.Token);
            // The frame's end is one byte more.
            var rest = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(3)) + 1];
            await near.ReadExactlyAsync(rest, _ends.Token);
            if (rest.AsSpan().StartsWith(_declare) && Interlocked.Decrement(ref _left) >= 0)
                continue;
            await far.WriteAsync(header, _ends.Token);
            await far.WriteAsync(rest, _ends.Token);
        }
    }
}
