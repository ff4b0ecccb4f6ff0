using Kontena.Contracts.Grids;
using Kontena.Contracts.Networking;
using Kontena.Contracts.Stacks;
using Kontena.Core.Networking;
using Kontena.Core.Services;

namespace Kontena.GridManager.Grids;

/// <summary>The fields that creating and updating a grid have in common, and its addresses (rest-api.md §9.3).</summary>
internal static class GridRules
{
    public static void CheckShared(
        IReadOnlyList<string>? affinity, IReadOnlyList<string>? trusted, string? driver, string? stackNetworks, StatsdTarget? statsd, LogForwarding? logs, FieldErrors errors)
    {
        if (driver is not null && !OverlayDriver.All.Contains(driver))
            errors.Say($"Invalid overlay_driver {driver}; expected one of {string.Join(", ", OverlayDriver.All)}", "overlay_driver");
        if (stackNetworks is not null && !StackNetworks.All.Contains(stackNetworks))
            errors.Say($"Invalid stack_networks {stackNetworks}; expected one of {string.Join(", ", StackNetworks.All)}", "stack_networks");
        AffinityRules.Read(affinity ?? [], "default_affinity", errors);
        if ((trusted ?? []).FirstOrDefault(subnet => !Ipv4Cidr.TryParse(subnet, out _)) is var bad && (bad is not null || (trusted?.Contains(null!) ?? false)))
            errors.Say($"Invalid trusted_subnet {bad}", "trusted_subnets");
        if (statsd is not null && string.IsNullOrWhiteSpace(statsd.Server))
            errors.Reason("is required", "stats", "statsd", "server");
        if (statsd is not null && statsd.Port is < 1 or > 65535)
            errors.Reason(statsd.Port < 1 ? "is too small" : "is too big", "stats", "statsd", "port");
        if (logs is null)
            return;
        if (logs.Forwarder is not ("fluentd" or "none"))
            errors.Reason("isn't an option", "logs", "forwarder");
        else if (logs.Forwarder == "fluentd" && string.IsNullOrWhiteSpace(logs.Opts?.GetValueOrDefault("fluentd-address")))
            errors.Say("the forwarder fluentd needs the option fluentd-address (host:port)", "logs");
    }

    /// <summary>The subnet lies within the supernet and has room for at least one node. A supernet that is not given follows the subnet.</summary>
    public static (string Subnet, string Supernet) CheckAddresses(string? subnetText, string? supernetText, int? blockPrefix, FieldErrors errors)
    {
        if (blockPrefix is < GridSubnets.ShortestPrefix or > GridSubnets.LongestPrefix)
        {
            errors.Say($"the blocks of nodes can't be /{blockPrefix}; between /{GridSubnets.ShortestPrefix} and /{GridSubnets.LongestPrefix} is possible", "block_prefix");
            blockPrefix = null;
        }

        // Room for one node at least: block 0 for nodes, block 1 for its containers.
        var block = blockPrefix ?? GridSubnets.BlockPrefix;
        var longest = block - 1;
        subnetText = subnetText?.Trim() ?? "10.81.0.0/16";
        if (!Ipv4Cidr.TryParse(subnetText, out var subnet))
            errors.Say($"Invalid subnet {subnetText}; expected an IPv4 network such as 10.81.0.0/16", "subnet");
        else if (subnet.Prefix < 8 || subnet.Prefix > longest)
            errors.Say($"the subnet {subnetText} is too {(subnet.Prefix < 8 ? "big" : "small")}; between /8 and /{longest} is possible, each node takes a /{block} of it", "subnet");

        var supernet = Ipv4Cidr.Parse("10.80.0.0/12");
        if (supernetText is not null && !Ipv4Cidr.TryParse(supernetText.Trim(), out supernet))
            errors.Say($"Invalid supernet {supernetText}; expected an IPv4 network such as 10.80.0.0/12", "supernet");
        else if (supernetText is null && !supernet.Contains(subnet))
            supernet = subnet;
        else if (!supernet.Contains(subnet) && !errors.Any)
            errors.Say($"the supernet {supernet} does not contain the subnet {subnet}", "supernet");
        return (subnet.ToString(), supernet.ToString());
    }
}
