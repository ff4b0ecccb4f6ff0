using MassTransit;
using Microsoft.Extensions.Logging;

namespace Kontena.Hosting.Bus;

internal sealed class ControlBus(IBus bus, BusSide side, BusTransport transport, TimeProvider time, ILogger<ControlBus> logger)
    : BusClient(bus, side, transport, time, logger), IControlBus;
