using MassTransit;
using MassTransit.DependencyInjection;

namespace Kontena.Hosting.Bus;

internal sealed class EndpointOpener(
    IReceiveEndpointConnector control,
    Bind<IDataConnection, IReceiveEndpointConnector> data,
    BusSides sides,
    BusTransport transport) : IEndpointOpener
{
    public Task OpenControlAsync(BusEndpoint endpoint, CancellationToken cancellationToken) =>
        OpenAsync(control, sides.Control, endpoint, cancellationToken);

    public Task OpenDataAsync(BusEndpoint endpoint, CancellationToken cancellationToken) =>
        OpenAsync(data.Value, sides.Data, endpoint, cancellationToken);

    private async Task OpenAsync(IReceiveEndpointConnector connector, BusSide side, BusEndpoint endpoint, CancellationToken cancellationToken)
    {
        // In memory a bus accepts endpoints only after its start.
        await side.Started.WaitAsync(cancellationToken);
        if (side.Reads(endpoint.Queue))
            return;
        var handle = connector.ConnectReceiveEndpoint(
            endpoint.Queue,
            (context, configurator) => EndpointTopology.Configure(configurator, context, endpoint, transport, side));
        await handle.Ready.WaitAsync(cancellationToken);
        side.Opened(endpoint.Queue);
    }
}
