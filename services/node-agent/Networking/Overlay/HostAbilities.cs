using System.Globalization;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>What this host's kernel and programs can do, looked at once per process.</summary>
/// <param name="Administers">The agent may change the host's network, and has the programs for it.</param>
/// <param name="Vxlan">The kernel makes VXLAN interfaces.</param>
/// <param name="KernelWireGuard">The kernel makes WireGuard interfaces.</param>
/// <param name="WireGuard">It does, or <c>wireguard-go</c> is here; and <c>wg</c> is.</param>
/// <param name="Missing">Why the agent may not change the network; null when it may.</param>
internal sealed record HostAbilities(bool Administers, bool Vxlan, bool KernelWireGuard, bool WireGuard, string? Missing)
{
    private const int NetworkAdministration = 12;

    public static async Task<HostAbilities> ReadAsync(IHostCommands commands, CancellationToken cancellationToken)
    {
        if (!MayAdminister(await File.ReadAllTextAsync("/proc/self/status", cancellationToken)))
            return new HostAbilities(false, false, false, false, "the agent may not change the host's network: run it as root, or with CAP_NET_ADMIN");
        foreach (var needed in new[] { new HostCommand("ip", "-V"), new HostCommand("iptables-save", "--version"), new HostCommand("iptables-restore", "--version") })
        {
            if ((await commands.RunAsync(needed, null, cancellationToken)).Exit == CommandOutput.Missing)
                return new HostAbilities(false, false, false, false, $"the program {needed.Program} is missing on the host: install iproute2 and iptables");
        }

        var vxlan = await MakesAsync(commands, ["vxlan", "id", "1", "dstport", "0"], cancellationToken);
        var kernel = await MakesAsync(commands, ["wireguard"], cancellationToken);
        var tools = (await commands.RunAsync(new HostCommand("wg", "--version"), null, cancellationToken)).Ok;
        var user = File.Exists("/dev/net/tun") && (await commands.RunAsync(new HostCommand("wireguard-go", "--version"), null, cancellationToken)).Exit != CommandOutput.Missing;
        return new HostAbilities(true, vxlan, kernel, tools && (kernel || user), null);
    }

    internal static bool MayAdminister(string status)
    {
        var line = status.Split('\n').FirstOrDefault(line => line.StartsWith("CapEff:", StringComparison.Ordinal));
        return line is not null && ulong.TryParse(line[7..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mask) && (mask >> NetworkAdministration & 1) == 1;
    }

    /// <summary>By making one and taking it away again: modules may be built in, loadable or absent.</summary>
    private static async Task<bool> MakesAsync(IHostCommands commands, string[] kind, CancellationToken cancellationToken)
    {
        const string Probe = "kontena-probe";
        // One may be left of an agent that was killed right here.
        await commands.RunAsync(new HostCommand("ip", "link", "del", Probe), null, cancellationToken);
        if (!(await commands.RunAsync(new HostCommand("ip", ["link", "add", Probe, "type", .. kind]), null, cancellationToken)).Ok)
            return false;
        await commands.RunAsync(new HostCommand("ip", "link", "del", Probe), null, cancellationToken);
        return true;
    }
}
