using System.Net.Sockets;
using System.Security.Authentication;
using Kontena.Contracts.Messaging;
using MassTransit;
using RabbitMQ.Client;

namespace Kontena.Hosting.Bus;

/// <summary>How a bus reaches RabbitMQ.</summary>
internal static class RabbitMqConnection
{
    /// <summary>How long the other end may leave what was sent unacknowledged. A host whose address has changed, or whose cable was cut and mended, dials anew after
    /// this, before its node is taken for offline; the beats of AMQP alone would take twice as long. A broker that stands still acknowledges all the same: its kernel does.</summary>
    private static readonly TimeSpan Unacknowledged = TimeSpan.FromSeconds(5);

    /// <summary>TCP_USER_TIMEOUT of Linux's <c>tcp.h</c>, which .NET has no name for.</summary>
    private const int TcpUserTimeout = 18;

    public static void Configure(IRabbitMqBusFactoryConfigurator configurator, BusTransport transport, string connectionName, BusSide side, BrokerPatience patience)
    {
        var broker = transport.RabbitMq!;
        // A node may declare nothing outside its own prefix, not even the queue for answers.
        if (transport.Outlet is { } outlet && NodeOutlet.Read(outlet) is { } node)
            configurator.OverrideDefaultBusEndpointQueueName($"{node.User}-bus-{Guid.CreateVersion7():N}");
        var (user, password) = BusTransport.Login(broker);
        var secure = broker.Scheme == "amqps";
        configurator.Host(
            broker.Host, (ushort)BusTransport.Port(broker), BusTransport.VirtualHost(broker), connectionName, host =>
            {
                host.Username(user);
                host.Password(password);
                host.PublisherConfirmation = true;
                // A dead peer is noticed after two missed beats.
                host.Heartbeat(TimeSpan.FromSeconds(5));
                host.RequestedConnectionTimeout(TimeSpan.FromSeconds(5));
                // A call to a broker that has died in between is given up after this.
                host.ContinuationTimeout(TimeSpan.FromSeconds(10));
                host.OnRefreshConnectionFactory = factory =>
                {
                    factory.SocketFactory = family => OpenSocket(family, side);
                    return patience.UntilReachableAsync();
                };
                if (secure)
                    host.UseSsl(tls =>
                    {
                        tls.ServerName = broker.Host;
                        // None lets the operating system choose the newest version both sides know.
                        tls.Protocol = SslProtocols.None;
                        tls.CertificateValidationCallback = transport.Trust.CallbackFor(broker.Host);
                    });
            });
    }

    private static TcpClientAdapter OpenSocket(AddressFamily family, BusSide side)
    {
        var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpUserTimeout, BitConverter.GetBytes((int)Unacknowledged.TotalMilliseconds));
        side.Wire = socket;
        return new TcpClientAdapter(socket);
    }
}
