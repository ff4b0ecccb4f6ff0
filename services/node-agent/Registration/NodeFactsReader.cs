using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Reflection;
using Kontena.Contracts.Nodes;
using Kontena.Core.Volumes;
using Kontena.Docker;
using Kontena.NodeAgent.Housekeeping;
using Kontena.NodeAgent.Secrets;

namespace Kontena.NodeAgent.Registration;

/// <summary>What the machine is: the engine's answer, with capacity and addresses from the settings where given (runtime.md §1.9).</summary>
internal sealed class NodeFactsReader(IContainerEngine engine, NodeAgentOptions options, DiskWatch disk, SecretKey secrets)
{
    private static readonly string Version =
        typeof(NodeFactsReader).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>The newest facts read; null before the first.</summary>
    public NodeFacts? Last { get; private set; }

    /// <summary>Labels of the engine itself, used when the settings give none.</summary>
    public IReadOnlyList<string> EngineLabels { get; private set; } = [];
    public string EngineHostName { get; private set; } = Environment.MachineName;

    public async Task<NodeFacts> ReadAsync(CancellationToken cancellationToken)
    {
        var info = await engine.InfoAsync(cancellationToken);
        EngineLabels = info.Labels;
        EngineHostName = info.HostName;
        disk.Look(info.RootDir);
        Last = Of(info, options, options.PrivateIp ?? AddressOf(options.PeerInterface) ?? AddressOf("eth0") ?? AnyAddress()) with
        {
            DiskPressure = disk.Pressure,
            VaultKey = secrets.PublicKey,
        };
        return Last;
    }

    internal static NodeFacts Of(EngineInfo info, NodeAgentOptions options, string? privateIp) => new()
    {
        Os = info.OperatingSystem,
        KernelVersion = info.KernelVersion,
        DockerVersion = info.ServerVersion,
        AgentVersion = Version,
        StorageDriver = info.StorageDriver,
        EngineRootDir = info.RootDir,
        Cpus = options.Cpus ?? info.Cpus,
        MemoryTotal = options.Memory ?? info.MemoryTotal,
        PublicIp = options.PublicIp,
        PrivateIp = privateIp,
        NetworkDrivers = [.. info.NetworkDrivers.Order(StringComparer.Ordinal).Select(name => new DriverVersion(name, null))],
        VolumeDrivers = [.. info.VolumeDrivers.Order(StringComparer.Ordinal).Select(name => new DriverVersion(DriverNames.NameOf(name), DriverNames.VersionOf(name)))],
    };

    private static string? AddressOf(string name) =>
        NetworkInterface.GetAllNetworkInterfaces().Where(one => one.Name == name).Select(IPv4Of).FirstOrDefault(address => address is not null);

    /// <summary>The first interface that is up and neither loopback nor a bridge of containers.</summary>
    private static string? AnyAddress() =>
        NetworkInterface.GetAllNetworkInterfaces()
            .Where(one => one.OperationalStatus == OperationalStatus.Up && one.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .Where(one => !one.Name.StartsWith("docker", StringComparison.Ordinal) && !one.Name.StartsWith("br-", StringComparison.Ordinal)
                && !one.Name.StartsWith("veth", StringComparison.Ordinal))
            .OrderBy(one => one.Name, StringComparer.Ordinal)
            .Select(IPv4Of)
            .FirstOrDefault(address => address is not null);

    private static string? IPv4Of(NetworkInterface one) =>
        one.GetIPProperties().UnicastAddresses
            .FirstOrDefault(address => address.Address.AddressFamily == AddressFamily.InterNetwork)?.Address.ToString();
}
