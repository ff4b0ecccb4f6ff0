using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Docker;
using Kontena.NodeAgent.Instances;

namespace Kontena.NodeAgent.Health;

/// <summary>Asks one container once, wherever this node reaches it.</summary>
/// <param name="privateIp">Where services on the host's network may listen apart from 127.0.0.1.</param>
internal sealed class Probe(InstanceTools tools, InstanceSpec spec, string? privateIp)
{
    /// <summary>Null when it answers well, else why not. The timeout is for the whole check.</summary>
    public async Task<string?> AskAsync(ContainerSight seen, HealthCheckSpec check, CancellationToken cancellationToken)
    {
        var timeout = TimeSpan.FromSeconds(Math.Clamp(check.Timeout, 1, 3600));
        if (spec.Net == "host")
        {
            var complaint = await AskAsync("127.0.0.1", check, timeout, cancellationToken);
            return complaint is null || privateIp is null || await AskAsync(privateIp, check, timeout, cancellationToken) is not null ? complaint : null;
        }

        return await AddressAsync(tools.Engine, spec, seen, cancellationToken) is { } address
            ? await AskAsync(address, check, timeout, cancellationToken)
            : "the container has no address at which this node reaches it";
    }

    /// <summary>Where this node reaches a container that is not on the host's network; null when it has no address.</summary>
    public static async Task<string?> AddressAsync(IContainerEngine engine, InstanceSpec spec, ContainerSight seen, CancellationToken cancellationToken)
    {
        if (seen.Address is { } address || !spec.Net.StartsWith("container:", StringComparison.Ordinal))
            return seen.Address;
        try
        {
            var other = await engine.InspectContainerAsync(spec.Net["container:".Length..], cancellationToken);
            return other?.Addresses.Values.FirstOrDefault(one => one.Length > 0);
        }
        catch (Exception error) when (error is EngineException or EngineUnavailableException)
        {
            return null;
        }
    }

    private Task<string?> AskAsync(string host, HealthCheckSpec check, TimeSpan timeout, CancellationToken cancellationToken) => check.Protocol == "http"
        ? UntilHttpOk.AnswersAsync(host, check.Port, check.Uri, timeout, tools.Time, cancellationToken)
        : UntilPortOpens.OpensAsync(host, check.Port, timeout, tools.Time, cancellationToken);
}
