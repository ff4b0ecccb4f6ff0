using MassTransit;
using Microsoft.Extensions.Logging;

namespace Kontena.Hosting.Bus;

internal sealed class DataBus(IBus bus, BusSide side, BusTransport transport, TimeProvider time, ILogger<DataBus> logger)
    : BusClient(bus, side, transport, time, logger), IDataBus;
