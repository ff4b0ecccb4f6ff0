using Kontena.Docker.Networks;
using Kontena.Docker.Transport;
using Kontena.Docker.Wire;

namespace Kontena.Docker;

public sealed partial class DockerEngineClient
{
    public async Task<NetworkDetails?> InspectNetworkAsync(string network, CancellationToken cancellationToken)
    {
        var call = EngineCall.Get($"/networks/{EnginePath.Segment(network)}");
        var found = await _transport.FindAsync(call, EngineJson.Default.WireNetwork, cancellationToken);
        if (found is null) return null;
        var block = found.IPAM?.Config?.FirstOrDefault();
        return new NetworkDetails(found.Id ?? "", found.Name ?? "", NullIfEmpty(block?.Subnet), NullIfEmpty(block?.Gateway), found.Labels ?? [])
        {
            Options = found.Options ?? [],
        };
    }

    public async Task<string> CreateNetworkAsync(NetworkConfig config, CancellationToken cancellationToken)
    {
        var wire = new WireCreateNetwork
        {
            Name = config.Name,
            Driver = config.Driver,
            IPAM = config.Subnet is null && config.Gateway is null ? null : new WireIpam([new WireIpamConfig(config.Subnet, config.Gateway)]),
            Options = config.Options.Count > 0 ? config.Options : null,
            Labels = config.Labels.Count > 0 ? config.Labels : null,
        };
        var call = EngineCall.Post("/networks/create", wire, EngineJson.Default.WireCreateNetwork);
        var created = await _transport.ReadAsync(call with { Deadline = SlowDeadline }, EngineJson.Default.WireId, cancellationToken);
        return created.Id ?? "";
    }

    public Task RemoveNetworkAsync(string network, CancellationToken cancellationToken) => _transport.DoAsync(
        EngineCall.Delete($"/networks/{EnginePath.Segment(network)}") with { Accepts = [404], Deadline = SlowDeadline },
        cancellationToken);

    public Task ConnectNetworkAsync(string network, string container, EndpointConfig endpoint, CancellationToken cancellationToken)
    {
        var body = new WireConnect(container, EndpointWriting.ToWire(endpoint));
        var call = EngineCall.Post($"/networks/{EnginePath.Segment(network)}/connect", body, EngineJson.Default.WireConnect);
        return _transport.DoAsync(call with { Deadline = SlowDeadline }, cancellationToken);
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
