using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Kontena.Hosting.Bus;

/// <summary>Holds a connection attempt until the broker's port answers, and with TLS or a node's own login until the broker is believed and lets it in.</summary>
/// <remarks>
/// MassTransit doubles its pause after each refused attempt up to half a minute, far too long after a broker's restart (design §8 C). An attempt
/// that waits here instead goes on within <see cref="Pause"/> of the broker's return, and logs two lines instead of a page per attempt. A certificate that is not
/// believed and a login that is refused are seen by an attempt of our own, which can say why.
/// </remarks>
internal sealed partial class BrokerPatience(BusTransport transport, BusSide side, BrokerLogin login, TimeProvider time, ILogger<BrokerPatience> logger, CancellationToken stopping)
{
    private readonly Uri _broker = transport.RabbitMq!;
    private bool _notLetIn;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>That the broker is there changes nothing then: somebody has to do something.</summary>
    private static readonly TimeSpan NotLetInPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AttemptLimit = TimeSpan.FromSeconds(5);

    public async Task UntilReachableAsync()
    {
        var said = false;
        // Bounded by the life of the process: without a broker there is nothing else to do.
        while (!stopping.IsCancellationRequested)
        {
            if (await RefusedBecauseAsync() is not { } reason)
            {
                side.Found();
                login.Accepted();
                if (said)
                    LogReachable(side.Name, _broker.Host, BusTransport.Port(_broker));
                return;
            }

            side.Lost(reason);
            if (!said)
                LogUnreachable(side.Name, _broker.Host, BusTransport.Port(_broker), reason);
            said = true;
            try
            {
                await Task.Delay(_notLetIn ? NotLetInPause : Pause, time, stopping);
            }
            catch (OperationCanceledException)
            {
                // The process ends; the attempt that follows fails quickly.
            }
        }
    }

    private async Task<string?> RefusedBecauseAsync()
    {
        _notLetIn = false;
        using var limit = new CancellationTokenSource(AttemptLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            using var probe = new TcpClient();
            await probe.ConnectAsync(_broker.Host, BusTransport.Port(_broker), either.Token);
            return _broker.Scheme == "amqps" || transport.Outlet is not null ? await NotLetInBecauseAsync(either.Token) : null;
        }
        catch (SocketException exception)
        {
            return exception.Message;
        }
        catch (OperationCanceledException)
        {
            return $"no answer within {AttemptLimit.TotalSeconds:0} s";
        }
    }

    private async Task<string?> NotLetInBecauseAsync(CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory { Uri = _broker, AutomaticRecoveryEnabled = false, RequestedConnectionTimeout = AttemptLimit, ClientProvidedName = "trial" };
        if (factory.Ssl.Enabled)
            factory.Ssl.CertificateValidationCallback = transport.Trust.CallbackFor(factory.HostName);
        try
        {
            await using var connection = await factory.CreateConnectionAsync(cancellationToken);
            return null;
        }
        catch (BrokerUnreachableException exception)
        {
            for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
            {
                _notLetIn |= cause is AuthenticationFailureException or AuthenticationException;
                if (cause is AuthenticationFailureException)
                {
                    login.Refused();
                    return transport.Outlet is null ? "it refuses user and password"
                        : "it refuses the login of this node: the node was removed, or its token was reset; kontena node create or reset-token prints the line that lets it in";
                }

                if (cause is AuthenticationException)
                    return cause.Message;
            }

            return exception.InnerException?.Message ?? exception.Message;
        }
        catch (Exception exception) when (exception is RabbitMQClientException or IOException)
        {
            return exception.Message;
        }
    }

    [LoggerMessage(LogLevel.Warning, "RabbitMQ at {Host}:{Port} can't be reached for the {Side} connection ({Reason}); waiting for it")]
    private partial void LogUnreachable(string side, string host, int port, string reason);

    [LoggerMessage(LogLevel.Information, "RabbitMQ at {Host}:{Port} is back; opening the {Side} connection")]
    private partial void LogReachable(string side, string host, int port);
}
