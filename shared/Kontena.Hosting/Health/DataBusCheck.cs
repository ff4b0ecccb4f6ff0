using Kontena.Hosting.Bus;
using MassTransit.DependencyInjection;
using MassTransit.Transports;

namespace Kontena.Hosting.Health;

internal sealed class DataBusCheck(IBusInstance<IDataConnection> bus, BusSides sides, BusTransport transport)
    : BusCheck(bus.BusControl, sides.Data, transport);
