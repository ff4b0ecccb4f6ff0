using System.Net;

namespace Kontena.Api;

/// <summary>Settings of the api; see the README for their keys.</summary>
internal sealed record ApiOptions
{
    /// <summary>Where the administrator's token is kept.</summary>
    public required string TokenFile { get; init; }

    /// <summary>How long grid-manager, a scheduler or the log-collector may take to answer.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a synchronous removal waits for the last container to go. Clients give up after 30 s of silence.</summary>
    public TimeSpan RemovalTimeout { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>How long a blocking exec may run, for the same reason.</summary>
    public TimeSpan ExecTimeout { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Requests from this machine count towards the limits of an address as well.</summary>
    public bool LimitsLoopback { get; init; }

    /// <summary>Empty: no proxy is believed.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>The Debian package of the agent to hand out, or a folder whose newest is; null for none.</summary>
    public string? AgentPackage { get; init; }

    public static ApiOptions From(IConfiguration configuration)
    {
        var data = configuration["Kontena:DataDirectory"] is { Length: > 0 } given ? given : "/var/lib/kontena";
        return new ApiOptions
        {
            TokenFile = configuration["Kontena:Api:TokenFile"] is { Length: > 0 } file ? file : Path.Combine(data, "admin.token"),
            TrustedProxies = Auth.TrustedProxies.From(configuration),
            AgentPackage = configuration["Kontena:Api:AgentPackage"] is { Length: > 0 } package ? package : null,
        };
    }
}
