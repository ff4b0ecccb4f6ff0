using System.Globalization;
using Kontena.Docker;
using Kontena.Hosting;
using Kontena.NodeAgent.Housekeeping;
using Microsoft.Extensions.Configuration;

namespace Kontena.NodeAgent;

/// <summary>Settings of the agent, section <c>Kontena:Agent</c> (runtime.md §1.10). The table in README.md lists them.</summary>
internal sealed record NodeAgentOptions
{
    public const string SecretsDirectoryKey = "Kontena:Agent:SecretsDirectory";

    /// <summary>Null: the engine's host name.</summary>
    public string? Name { get; init; }

    /// <summary>The grid's or the node's token; empty means the agent can't join and says so.</summary>
    public string Token { get; init; } = "";

    /// <summary>The exchange of the node's own (<c>Kontena:Bus:Outlet</c>): the broker knows the node, and it needs no token. Null for agents that share a user.</summary>
    public string? Outlet { get; init; }

    /// <summary>Whether it may ask to join.</summary>
    public bool CanJoin => Token.Length > 0 || Outlet is not null;
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Orders, identity, log positions. Private to the agent.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where files of secrets are kept for containers; on tmpfs.</summary>
    public string SecretsDirectory { get; init; } = "/run/kontena/secrets";
    public EngineAddress Engine { get; init; } = EngineAddress.Parse(EngineAddress.DefaultSocket);

    /// <summary>Where <c>docker login</c> keeps this machine's registry logins; null when there is no home directory.</summary>
    public string? DockerConfig { get; init; }

    /// <summary>Capacity to report instead of the engine's; null for the engine's.</summary>
    public int? Cpus { get; init; }

    /// <summary>Bytes.</summary>
    public long? Memory { get; init; }
    public string? PublicIp { get; init; }
    public string? PrivateIp { get; init; }

    /// <summary>The interface whose address is reported as private.</summary>
    public string PeerInterface { get; init; } = "eth1";

    /// <summary>Containers created and started at once.</summary>
    public int Parallelism { get; init; } = Math.Clamp(Environment.ProcessorCount * 2, 2, 32);

    /// <summary>Images pulled at once.</summary>
    public int PullParallelism { get; init; } = 3;

    /// <summary>Health checks that must fail in a row before the container is restarted. 1 is the original's rule.</summary>
    public int HealthFailures { get; init; } = 3;

    /// <summary>How long one lifecycle hook may take.</summary>
    public TimeSpan HookDeadline { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether unused images are removed when the disk fills.</summary>
    public HousekeepingMode Housekeeping { get; init; } = HousekeepingMode.On;

    /// <summary>Percent of the engine's disk in use from which images are removed, and nothing new should be placed here.</summary>
    public int DiskHigh { get; init; } = 85;

    /// <summary>Percent below which no more are removed.</summary>
    public int DiskLow { get; init; } = 75;

    /// <summary>Whether the agent answers names on the grid's bridge; else the engine does, for the containers of this node.</summary>
    public bool AnswersNames { get; init; } = true;

    /// <summary>Between two rounds of measurements, 10 s to 10 min.</summary>
    public TimeSpan StatsInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether the agent looks after the host's routes, tunnels and firewall rules for the grid's network.</summary>
    public bool Overlay { get; init; } = true;

    /// <summary>UDP port of WireGuard.</summary>
    public int WireGuardPort { get; init; } = 51820;

    /// <summary>TCP ports of the control plane that containers can't reach on their host and on the broker's: single ones and ranges <c>from:to</c>, as iptables
    /// writes them; it takes 15, a range counting as two.</summary>
    public IReadOnlyList<string> ClosedPorts { get; init; } = ["2375:2376", "4369", "5671:5672", "6379", "9200", "9293:9299", "15671:15672", "25672"];

    public static NodeAgentOptions Read(IConfiguration configuration)
    {
        var agent = configuration.GetSection("Kontena:Agent");
        var house = configuration["Kontena:DataDirectory"] ?? "/var/lib/kontena";
        var defaults = new NodeAgentOptions { DataDirectory = "" };
        var high = (int)(Number(agent, "DiskHigh", 2, 99) ?? defaults.DiskHigh);
        return new NodeAgentOptions
        {
            Name = Text(agent["Name"]),
            Token = Text(agent["Token"]) ?? Text(configuration["Kontena:Grid:Token"]) ?? "",
            Outlet = Text(configuration["Kontena:Bus:Outlet"]),
            Labels = ReadLabels(agent),
            DataDirectory = Text(agent["DataDirectory"]) ?? Path.Combine(house, "agent"),
            SecretsDirectory = Path.GetFullPath(Text(configuration[SecretsDirectoryKey]) ?? defaults.SecretsDirectory),
            DockerConfig = Text(configuration["Kontena:Docker:Config"]) ?? HomeDockerConfig(),
            Engine = EngineOf(Text(configuration["Kontena:Docker:Host"])) ?? defaults.Engine,
            Cpus = (int?)Number(agent, "Cpus", 1, 4096),
            Memory = Number(agent, "Memory", 1 << 20, 1L << 50),
            PublicIp = Text(agent["PublicIp"]),
            PrivateIp = Text(agent["PrivateIp"]),
            PeerInterface = Text(agent["PeerInterface"]) ?? defaults.PeerInterface,
            Parallelism = (int)(Number(agent, "Parallelism", 1, 64) ?? defaults.Parallelism),
            PullParallelism = (int)(Number(agent, "PullParallelism", 1, 16) ?? defaults.PullParallelism),
            HealthFailures = (int)(Number(agent, "HealthFailures", 1, 100) ?? defaults.HealthFailures),
            HookDeadline = Seconds(agent, "HookDeadline", 1, 3600) ?? defaults.HookDeadline,
            Housekeeping = ModeOf(Text(agent["Housekeeping"])),
            DiskHigh = high,
            DiskLow = (int)(Number(agent, "DiskLow", 1, high - 1) ?? Math.Min(defaults.DiskLow, high - 1)),
            Overlay = SwitchOf("Kontena:Agent:Overlay", Text(agent["Overlay"])),
            WireGuardPort = (int)(Number(agent, "WireGuardPort", 1, 65535) ?? defaults.WireGuardPort),
            ClosedPorts = PortsOf(Text(agent["ClosedPorts"])) ?? defaults.ClosedPorts,
            AnswersNames = SwitchOf("Kontena:Agent:Names", Text(agent["Names"])),
            StatsInterval = Seconds(agent, "StatsInterval", 10, 600) ?? defaults.StatsInterval,
        };
    }

    private static HousekeepingMode ModeOf(string? text) => text switch
    {
        null or "on" => HousekeepingMode.On,
        "off" => HousekeepingMode.Off,
        "dry-run" => HousekeepingMode.DryRun,
        _ => throw new SettingException("Kontena:Agent:Housekeeping", $"is '{text}', which is none of on, dry-run, off", "on"),
    };

    private static bool SwitchOf(string key, string? text) => text switch
    {
        null or "on" => true,
        "off" => false,
        _ => throw new SettingException(key, $"is '{text}', which is neither on nor off", "on"),
    };

    private static string[]? PortsOf(string? text)
    {
        if (text is null)
            return null;
        if (text == "none")
            return [];
        var ports = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (ports.Sum(port => port.Contains(':') ? 2 : 1) <= 15 && ports.All(port => port.Split(':') is { Length: 1 or 2 } ends && ends.All(end => ushort.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out _))))
            return ports;
        throw new SettingException("Kontena:Agent:ClosedPorts", $"is '{text}', which is not a list of at most 15 ports and ranges from:to (two each), nor none", "5671:5672,6379");
    }

    private static string? HomeDockerConfig() =>
        Text(Environment.GetEnvironmentVariable("DOCKER_CONFIG")) is { } folder ? Path.Combine(folder, "config.json")
        : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home ? Path.Combine(home, ".docker", "config.json")
        : null;

    private static EngineAddress? EngineOf(string? address)
    {
        try
        {
            return address is null ? null : EngineAddress.Parse(address);
        }
        catch (FormatException error)
        {
            throw new SettingException("Kontena:Docker:Host", error.Message, "unix:///var/run/docker.sock");
        }
    }

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    /// <summary>Either one text with commas, or <c>Labels:0</c>, <c>Labels:1</c>, …</summary>
    private static IReadOnlyList<string> ReadLabels(IConfigurationSection agent)
    {
        var listed = agent.GetSection("Labels").GetChildren().Select(child => child.Value);
        var written = (agent["Labels"] ?? "").Split(',');
        return [.. listed.Concat(written).Select(Text).OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    private static TimeSpan? Seconds(IConfigurationSection agent, string key, long least, long most) =>
        Number(agent, key, least, most) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static long? Number(IConfigurationSection agent, string key, long least, long most)
    {
        if (Text(agent[key]) is not { } text)
            return null;
        if (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        throw new SettingException($"Kontena:Agent:{key}", $"is '{text}', which is not a whole number from {least} to {most}", least.ToString(CultureInfo.InvariantCulture));
    }
}
