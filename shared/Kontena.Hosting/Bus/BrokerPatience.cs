using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Kontena.Hosting.Bus;

/// <summary>Holds a connection attempt until the broker's port answers.</summary>
/// <remarks>
/// MassTransit doubles its pause after each refused attempt up to half a minute, far too long after a broker's restart (design §8 C). An attempt
/// that waits here instead goes on within <see cref="Pause"/> of the broker's return, and logs two lines instead of a page per attempt.
/// </remarks>
internal sealed partial class BrokerPatience(Uri broker, BusSide side, TimeProvider time, ILogger<BrokerPatience> logger, CancellationToken stopping)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
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
                if (said)
                    LogReachable(side.Name, broker.Host, BusTransport.Port(broker));
                return;
            }

            side.Lost(reason);
            if (!said)
                LogUnreachable(side.Name, broker.Host, BusTransport.Port(broker), reason);
            said = true;
            try
            {
                await Task.Delay(Pause, time, stopping);
            }
            catch (OperationCanceledException)
            {
                // The process ends; the attempt that follows fails quickly.
            }
        }
    }

    private async Task<string?> RefusedBecauseAsync()
    {
        using var limit = new CancellationTokenSource(AttemptLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            using var probe = new TcpClient();
            await probe.ConnectAsync(broker.Host, BusTransport.Port(broker), either.Token);
            return null;
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

    [LoggerMessage(LogLevel.Warning, "RabbitMQ at {Host}:{Port} can't be reached for the {Side} connection ({Reason}); waiting for it")]
    private partial void LogUnreachable(string side, string host, int port, string reason);

    [LoggerMessage(LogLevel.Information, "RabbitMQ at {Host}:{Port} is back; opening the {Side} connection")]
    private partial void LogReachable(string side, string host, int port);
}
