using System.Collections.Concurrent;
using MassTransit;
using MassTransit.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kontena.Hosting.Bus;

/// <remarks>
/// MassTransit never finishes opening a queue whose bus is stopped and started again meanwhile (see <see cref="BusRevival"/>), and gives up one
/// whose broker dies at that moment. So each attempt ends with the next start of its bus, or in time, after which the queue is opened afresh.
/// </remarks>
internal sealed partial class EndpointOpener(
    IReceiveEndpointConnector control,
    Bind<IDataConnection, IReceiveEndpointConnector> data,
    BusSides sides,
    BusTransport transport,
    TimeProvider time,
    ILogger<EndpointOpener> logger) : IEndpointOpener
{
    /// <summary>Longer than a call to the broker may take before MassTransit gives it up.</summary>
    private static readonly TimeSpan AttemptLimit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, (HostReceiveEndpointHandle Handle, BusSide Side)> _open = new(StringComparer.Ordinal);

    public Task OpenControlAsync(BusEndpoint endpoint, CancellationToken cancellationToken) =>
        OpenAsync(control, sides.Control, endpoint, cancellationToken);

    public Task OpenDataAsync(BusEndpoint endpoint, CancellationToken cancellationToken) =>
        OpenAsync(data.Value, sides.Data, endpoint, cancellationToken);

    public async Task CloseAsync(string queue, CancellationToken cancellationToken)
    {
        if (!_open.TryRemove(queue, out var open))
            return;
        await LetGoAsync(open.Handle, queue, open.Side, cancellationToken);
        open.Side.Closed(queue);
    }

    private async Task OpenAsync(IReceiveEndpointConnector connector, BusSide side, BusEndpoint endpoint, CancellationToken cancellationToken)
    {
        // In memory a bus accepts endpoints only after its start.
        await side.Started.WaitAsync(cancellationToken);
        if (side.Reads(endpoint.Queue))
            return;
        while (!await TryOpenAsync(connector, side, endpoint, cancellationToken))
            await Task.Delay(Pause, time, cancellationToken);
        side.Opened(endpoint.Queue);
    }

    private async Task<bool> TryOpenAsync(IReceiveEndpointConnector connector, BusSide side, BusEndpoint endpoint, CancellationToken cancellationToken)
    {
        await side.Reachable.WaitAsync(cancellationToken);
        HostReceiveEndpointHandle? handle = null;
        var startedAgain = side.NextStart;
        try
        {
            handle = connector.ConnectReceiveEndpoint(
                endpoint.Queue,
                (context, configurator) => EndpointTopology.Configure(configurator, context, endpoint, transport, side));
            if (await Task.WhenAny(handle.Ready, startedAgain).WaitAsync(AttemptLimit, time, cancellationToken) == handle.Ready)
            {
                await handle.Ready;
                _open[endpoint.Queue] = (handle, side);
                return true;
            }

            LogNotOpened(endpoint.Queue, side.Name, "the connection was opened anew meanwhile");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotOpened(endpoint.Queue, side.Name, exception.Message);
        }

        await LetGoAsync(handle, endpoint.Queue, side, cancellationToken);
        return false;
    }

    /// <summary>A handle that can't be let go keeps its name; the next attempt then fails and comes here again.</summary>
    private async Task LetGoAsync(HostReceiveEndpointHandle? handle, string queue, BusSide side, CancellationToken cancellationToken)
    {
        if (handle is null)
            return;
        try
        {
            await handle.StopAsync(cancellationToken).WaitAsync(StopLimit, time, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotOpened(queue, side.Name, exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Queue {Queue} is not open on the {Side} connection yet: {Reason}; trying again")]
    private partial void LogNotOpened(string queue, string side, string reason);
}
