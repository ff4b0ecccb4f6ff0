using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>Answers the measurements of other agents, on the gateway of the grid's network. The firewall lets only their gateways in.</summary>
internal sealed class MeasureListener(GridNetwork network, NodeAgentOptions options, TimeProvider time, ILogger<MeasureListener> logger) : BackgroundService
{
    private const int MostAtOnce = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim _room = new(MostAtOnce);

    public override void Dispose()
    {
        _room.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (options.Overlay && !stoppingToken.IsCancellationRequested)
        {
            // The address is there once the network is, and on this host only when the engine is.
            if (network.Seen is { } seen)
            {
                try
                {
                    using var listener = new TcpListener(IPAddress.Parse(seen.Gateway), FirewallPlanner.MeasurePort);
                    listener.Start();
                    while (network.Seen?.Gateway == seen.Gateway)
                    {
                        var accepted = await listener.AcceptSocketAsync(stoppingToken);
                        await _room.WaitAsync(stoppingToken);
                        _ = ServeAsync(accepted, stoppingToken);
                    }
                }
                catch (SocketException error)
                {
                    logger.LogDebug("Measurements of others can't be answered at {Gateway}: {Reason}", seen.Gateway, error.Message);
                }
            }

            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private async Task ServeAsync(Socket accepted, CancellationToken stoppingToken)
    {
        try
        {
            using var due = new CancellationTokenSource(MeasureProtocol.Longest, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, stoppingToken);
            await MeasureProtocol.ServeAsync(accepted, either.Token);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or SocketException)
        {
            // The one who asked has gone, or took too long; it says so on its side.
        }
        finally
        {
            _room.Release();
        }
    }
}
