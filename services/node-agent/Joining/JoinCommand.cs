using System.Security.Cryptography;
using Kontena.Contracts.Http;
using Kontena.Core.Files;
using Kontena.Docker;
using Kontena.Hosting;
using Kontena.NodeAgent.Registration;

namespace Kontena.NodeAgent.Joining;

/// <summary><c>join URL [TOKEN] …</c> in place of running the agent: exchanges a token for the machine's own login at the broker.</summary>
/// <remarks>The token is not kept. Run again it renews the login; with a token of another node or grid it is refused while the machine is a node.</remarks>
public static class JoinCommand
{
    private const string Usage = "usage: kontena-agent join https://MASTER:PORT [TOKEN] [--ca-fingerprint SHA256] [--name NAME] [--label LABEL]…\n"
        + "  TOKEN of the grid or the node; KONTENA_TOKEN in its place; none for a machine that is a node already";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Whether the arguments ask for it; else the agent is to run.</summary>
    public static bool IsMeant(string[] args) => args is ["join", ..];

    /// <returns>The exit code: 0, 1 when it failed, 2 when it was called wrongly. Why is on standard error.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken = default)
    {
        var (wanted, mistake) = JoinArguments.Read(args[1..], Environment.GetEnvironmentVariable("KONTENA_TOKEN"));
        if (wanted is null)
        {
            await Console.Error.WriteLineAsync($"kontena-agent: {mistake}\n{Usage}");
            return 2;
        }

        try
        {
            var settings = KontenaApplicationBuilder.Create("node-agent", []).Configuration;
            var options = NodeAgentOptions.Read(settings);
            using var engine = new DockerEngineClient(options.Engine, TimeProvider.System);
            var identity = await JoinAsync(wanted, options, engine, TimeProvider.System, cancellationToken);
            Console.Out.WriteLine($"this machine is node {identity.Node} of grid {identity.Grid}; its login at {identity.Broker} is in {options.DataDirectory}");
            return 0;
        }
        catch (Exception problem) when (problem is JoinException or EngineUnavailableException or EngineException or SettingException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"kontena-agent: {problem.Message}");
            return 1;
        }
    }

    /// <exception cref="JoinException">The machine may not join, or the master can't be asked.</exception>
    internal static async Task<BrokerIdentity> JoinAsync(
        JoinArguments wanted, NodeAgentOptions options, IContainerEngine engine, TimeProvider time, CancellationToken cancellationToken)
    {
        var info = await engine.InfoAsync(cancellationToken);
        using var master = await MasterConnection.OpenAsync(wanted.Master, wanted.Fingerprint, time, cancellationToken);
        DurableFile.MakeDirectory(options.DataDirectory);
        var key = await AgentKey.ReadOrMakeAsync(options.DataDirectory, cancellationToken);
        // The same as before, so that a join that is broken off after the master has answered leaves the old login good.
        var before = BrokerIdentity.Read(options.DataDirectory);
        var password = before?.NodeId == info.Id && wanted.Token is null ? before.Password : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        var given = await EnrolAsync(master, new EnrolRequest
        {
            NodeId = info.Id,
            Name = wanted.Name ?? options.Name ?? info.HostName,
            Token = wanted.Token,
            Key = key,
            BrokerPassword = password,
            Labels = wanted.Labels.Count > 0 ? wanted.Labels : options.Labels.Count > 0 ? options.Labels : info.Labels,
        }, time, cancellationToken);
        var identity = new BrokerIdentity(info.Id, given.Grid, given.Node, wanted.Master.AbsoluteUri, given.Broker, given.User, password, given.Outlet);
        await identity.WriteAsync(options.DataDirectory, given.BrokerCa, master.CaPem, cancellationToken);
        NodeMembership.ForgetRemoval(options.DataDirectory);
        return identity;
    }

    /// <summary>Of many machines that are started at once only some are served at a time; the same request again changes nothing.</summary>
    private static async Task<EnrolJson> EnrolAsync(MasterConnection master, EnrolRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var began = time.GetTimestamp(); ;)
        {
            try
            {
                return await master.EnrolAsync(request, cancellationToken);
            }
            catch (JoinException busy) when (busy.IsBusy && time.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(200, 1500)), time, cancellationToken);
            }
        }
    }
}
