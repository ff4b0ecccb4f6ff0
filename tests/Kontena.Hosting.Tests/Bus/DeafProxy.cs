using System.Net;
using System.Net.Sockets;

namespace Kontena.Hosting.Tests.Bus;

/// <summary>
/// Stands between a process and its broker. Once <see cref="Deafen"/> was called, the connections there are live on for the process, beat and all, but what it sends
/// reaches nobody; new connections are whole.
/// </summary>
internal sealed class DeafProxy : IAsyncDisposable
{
    /// <summary>A heartbeat of AMQP 0-9-1: type 8, channel 0, no payload, the end mark.</summary>
    private static readonly byte[] Beat = [8, 0, 0, 0, 0, 0, 0, 0xCE];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ends = new();
    private readonly Uri _broker;
    private readonly Task _accepting;
    private volatile CancellationTokenSource _whole = new();
    private int _connections;

    public DeafProxy(string broker)
    {
        _broker = new Uri(broker);
        _listener.Start();
        Address = new UriBuilder(_broker) { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri.ToString();
        _accepting = AcceptAsync();
    }

    public string Address { get; }

    /// <summary>Made so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public void Deafen() => Interlocked.Exchange(ref _whole, new CancellationTokenSource()).Cancel();

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
            Interlocked.Increment(ref _connections);
            _ = CarryAsync(client, _whole.Token).ContinueWith(_ => client.Dispose(), TaskScheduler.Default);
        }
    }

    private async Task CarryAsync(TcpClient client, CancellationToken whole)
    {
        using var broker = new TcpClient();
        await broker.ConnectAsync(_broker.Host, _broker.Port, _ends.Token);
        var (near, far) = (client.GetStream(), broker.GetStream());
        using var either = CancellationTokenSource.CreateLinkedTokenSource(whole, _ends.Token);
        await Task.WhenAny(near.CopyToAsync(far, either.Token), far.CopyToAsync(near, either.Token));
        if (!whole.IsCancellationRequested)
            return;
        broker.Close();
        var hearing = near.CopyToAsync(Stream.Null, _ends.Token);
        while (!hearing.IsCompleted)
        {
            await near.WriteAsync(Beat, _ends.Token);
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, _ends.Token);
        }
    }
}
