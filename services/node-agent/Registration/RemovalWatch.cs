using System.Security.Cryptography;
using Kontena.Contracts.Http;
using Kontena.Hosting;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Joining;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Registration;

/// <summary>When the broker does not let this node in any more, asks the master whether it was removed. Only a removal that is written down there has anything taken away; a token that
/// was reset, a broker that lost its users or a store that knows nothing of the node have nothing done (law 5).</summary>
internal sealed class RemovalWatch(BrokerLogin login, NodeMembership membership, NodeAgentOptions options, TimeProvider time, ILogger<RemovalWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Outlet is null)
            return;
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested && !membership.IsRemoved)
        {
            if (!login.IsRefused)
            {
                pause = FirstPause;
                await Task.Delay(Look, time, stoppingToken);
                continue;
            }

            await AskAsync(stoppingToken);
            await Task.Delay(pause, time, stoppingToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Asks once, and leaves the grid when it was removed from it.</summary>
    internal async Task AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (BrokerIdentity.Read(options.DataDirectory) is not { } identity || !Uri.TryCreate(identity.Master, UriKind.Absolute, out var address))
                return;
            using var master = MasterConnection.To(address, BrokerIdentity.ReadMasterCa(options.DataDirectory), time);
            var key = await AgentKey.ReadOrMakeAsync(options.DataDirectory, cancellationToken);
            if (await master.AskRemovedAsync(new RemovalRequest { Grid = identity.Grid, NodeId = identity.NodeId, Key = key }, cancellationToken) is { Removed: true } removal)
                membership.Leave($"node {removal.Node ?? identity.Node} was removed from grid {identity.Grid} at {removal.RemovedAt:u}");
        }
        catch (Exception problem) when (problem is JoinException or SettingException or IOException or UnauthorizedAccessException or CryptographicException)
        {
            logger.LogDebug("The master can't be asked whether this node was removed: {Reason}", problem.Message);
        }
    }
}
