namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>Packets between containers of one host go over its bridge, which asks the firewall only when it is told to.</summary>
internal sealed class BridgeFilter(IHostCommands commands)
{
    /// <summary>There once the kernel can do it.</summary>
    internal string Kernel { get; init; } = "/proc/sys/net/bridge";
    internal string Interfaces { get; init; } = "/sys/class/net";

    /// <returns>Why it can't be done; null when it is done.</returns>
    public async Task<string?> EnsureAsync(string bridge, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Kernel))
        {
            await commands.RunAsync(new HostCommand("modprobe", "br_netfilter"), null, cancellationToken);
            LeaveOthersAlone();
        }

        if (!Directory.Exists(Kernel))
            return "containers of one host can't be kept apart: the kernel has no br_netfilter; load that module";
        if (IsOn(bridge))
            return null;
        // Of this bridge alone: others are their owners' business.
        var said = await commands.RunAsync(new HostCommand("ip", "link", "set", "dev", bridge, "type", "bridge", "nf_call_iptables", "1"), null, cancellationToken);
        return said.Ok ? null : $"containers of one host can't be kept apart: the bridge {bridge} could not be told to ask the firewall: {said.Error}";
    }

    /// <summary>The module begins with all bridges of the host, those of virtual machines too.</summary>
    private void LeaveOthersAlone()
    {
        if (!Directory.Exists(Kernel))
            return;
        foreach (var table in (string[])["iptables", "ip6tables", "arptables"])
        {
            var file = Path.Combine(Kernel, "bridge-nf-call-" + table);
            if (File.Exists(file))
                File.WriteAllText(file, "0");
        }
    }

    private bool IsOn(string bridge)
    {
        try
        {
            return File.ReadAllText(Path.Combine(Interfaces, bridge, "bridge", "nf_call_iptables")).Trim() == "1";
        }
        catch (IOException)
        {
            return false;
        }
    }
}
