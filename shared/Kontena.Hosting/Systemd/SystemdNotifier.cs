using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.Hosting.Systemd;

/// <summary>Tells systemd (<c>Type=notify</c>) that the process is up, and that it is stopping. Silent without <c>NOTIFY_SOCKET</c>.</summary>
internal sealed class SystemdNotifier(ILogger<SystemdNotifier> logger, string? socket) : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken) => NotifyAsync("READY=1", cancellationToken);

    public Task StoppingAsync(CancellationToken cancellationToken) => NotifyAsync("STOPPING=1", cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task NotifyAsync(string state, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(socket))
            return;
        try
        {
            using var datagram = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            // A leading @ is systemd's spelling of the abstract name space.
            var address = new UnixDomainSocketEndPoint(socket[0] == '@' ? "\0" + socket[1..] : socket);
            await datagram.SendToAsync(Encoding.ASCII.GetBytes(state), address, cancellationToken);
        }
        catch (SocketException exception)
        {
            logger.LogWarning("systemd was not told {State}: {Reason} (NOTIFY_SOCKET={Socket})", state, exception.Message, socket);
        }
    }
}
