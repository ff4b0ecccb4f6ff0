using Kontena.Docker.Wire;

namespace Kontena.Docker.Networks;

/// <summary>How a container is to appear on a network, as the engine wants to hear it.</summary>
internal static class EndpointWriting
{
    public static WireEndpoint ToWire(EndpointConfig endpoint) => new()
    {
        Aliases = endpoint.Aliases.Count > 0 ? endpoint.Aliases : null,
        Links = endpoint.Links.Count > 0 ? endpoint.Links : null,
        IPAMConfig = endpoint.Address is null ? null : new WireEndpointAddress(endpoint.Address),
    };
}
