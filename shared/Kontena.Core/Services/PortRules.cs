using System.Net;
using Kontena.Contracts.Services;

namespace Kontena.Core.Services;

/// <summary>Published ports: 1 to 65535, and each port of a node only once within a service.</summary>
internal static class PortRules
{
    public static IReadOnlyList<PortMapping> Read(IReadOnlyList<PortRequest> ports, FieldErrors errors)
    {
        var read = new List<PortMapping>(ports.Count);
        for (var index = 0; index < ports.Count; index++)
        {
            if (ports[index] is not { } port)
            {
                errors.Reason("can't be nil", "ports", FieldErrors.At(index));
                continue;
            }

            var good = CheckNumber(port.NodePort, "node_port", index, errors) & CheckNumber(port.ContainerPort, "container_port", index, errors);
            var ip = string.IsNullOrWhiteSpace(port.Ip) ? "0.0.0.0" : port.Ip.Trim();
            if (!IPAddress.TryParse(ip, out _))
                errors.Reason("isn't in the right format: an address such as 127.0.0.1", "ports", FieldErrors.At(index), "ip");
            var protocol = string.IsNullOrWhiteSpace(port.Protocol) ? "tcp" : port.Protocol.Trim().ToLowerInvariant();
            if (protocol is not ("tcp" or "udp"))
                errors.Reason("isn't an option: tcp or udp", "ports", FieldErrors.At(index), "protocol");
            if (!good)
                continue;

            var mapping = new PortMapping(port.NodePort!.Value, port.ContainerPort!.Value, ip, protocol);
            if (read.Any(other => Clash(other, mapping)))
                errors.Say($"Node Port {mapping.NodePort}/{protocol} is used twice by this service", "ports", FieldErrors.At(index), "node_port");
            read.Add(mapping);
        }

        return read;
    }

    private static bool CheckNumber(int? number, string field, int index, FieldErrors errors)
    {
        var reason = number switch
        {
            null => "is required",
            < 1 => "is too small: from 1 to 65535",
            > 65535 => "is too big: from 1 to 65535",
            _ => null,
        };
        if (reason is not null)
            errors.Reason(reason, "ports", FieldErrors.At(index), field);
        return reason is null;
    }

    private static bool Clash(PortMapping one, PortMapping other) =>
        one.NodePort == other.NodePort && one.Protocol == other.Protocol && (one.Ip == other.Ip || IsAny(one.Ip) || IsAny(other.Ip));

    private static bool IsAny(string ip) => ip is "0.0.0.0" or "::";
}
