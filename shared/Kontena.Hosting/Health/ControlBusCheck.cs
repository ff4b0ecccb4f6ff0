using Kontena.Hosting.Bus;
using MassTransit;

namespace Kontena.Hosting.Health;

internal sealed class ControlBusCheck(IBusControl bus, BusSides sides, BusTransport transport) : BusCheck(bus, sides.Control, transport);
