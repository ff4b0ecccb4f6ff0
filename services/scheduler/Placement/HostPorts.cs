using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;

namespace Kontena.Scheduler.Placement;

/// <summary>The ports of its node that an instance holds: those that are published, or, where it uses the network of its node, those it says it
/// listens on.</summary>
internal static class HostPorts
{
    private const string HostNet = "host";

    public static IReadOnlyList<PortMapping> Of(ServiceSpec spec) => Of(spec.Net, spec.Ports);

    public static IReadOnlyList<PortMapping> Of(InstanceSpec? spec) => spec is null ? [] : Of(spec.Net, spec.Ports);

    // Nothing is mapped there: the process itself takes the port, on any address it likes.
    private static IReadOnlyList<PortMapping> Of(string net, IReadOnlyList<PortMapping> ports) => net == HostNet && ports.Count > 0
        ? [.. ports.Select(port => new PortMapping(port.ContainerPort, port.ContainerPort, Protocol: port.Protocol))]
        : ports;
}
