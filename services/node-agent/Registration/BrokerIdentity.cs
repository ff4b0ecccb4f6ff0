using System.Text;
using System.Text.Json;
using Kontena.Contracts.Messaging;
using Kontena.Core.Files;
using Kontena.Core.Tls;
using Kontena.Hosting;
using Kontena.Hosting.Tls;
using Kontena.NodeAgent.Files;
using Microsoft.Extensions.Configuration;

namespace Kontena.NodeAgent.Registration;

/// <summary>The node's login at the broker, as it was given when the machine joined. Kept in <c>broker.json</c> (0600) in the agent's directory.</summary>
/// <param name="NodeId">The engine's id at that time.</param>
/// <param name="Master">Where the token was exchanged.</param>
/// <param name="Broker">Without user and password.</param>
/// <param name="Outlet">The only exchange it may write to.</param>
internal sealed record BrokerIdentity(string NodeId, string Grid, string Node, string Master, string Broker, string User, string Password, string Outlet)
{
    private const string FileName = "broker.json";

    /// <summary>Beside it; the CA that has signed the broker's certificate.</summary>
    private const string CaFileName = "broker-ca.pem";

    /// <summary>The one that was pinned for the master; not there when the system trusts the master.</summary>
    private const string MasterCaFileName = "master-ca.pem";

    /// <summary>Null when the machine has not joined.</summary>
    /// <exception cref="SettingException">The file is damaged.</exception>
    public static BrokerIdentity? Read(string directory)
    {
        var file = Path.Combine(directory, FileName);
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), AgentJson.Default.BrokerIdentity) : null;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new SettingException("Kontena:Agent:DataDirectory", $"has {file}, which can't be read ({exception.Message}); join again: kontena-agent join", directory);
        }
    }

    /// <param name="directory">The agent's.</param>
    /// <param name="caPem">Null when the broker's certificate is one that the system trusts, or it has none.</param>
    /// <param name="masterCaPem">Null when the system trusts the master.</param>
    /// <param name="cancellationToken">Ends it before the login is replaced.</param>
    public async Task WriteAsync(string directory, string? caPem, string? masterCaPem, CancellationToken cancellationToken)
    {
        DurableFile.MakeDirectory(directory);
        await WriteCaAsync(Path.Combine(directory, CaFileName), caPem, cancellationToken);
        await WriteCaAsync(Path.Combine(directory, MasterCaFileName), masterCaPem, cancellationToken);
        await DurableFile.WriteAsync(Path.Combine(directory, FileName), JsonSerializer.SerializeToUtf8Bytes(this, AgentJson.Default.BrokerIdentity), cancellationToken);
    }

    /// <summary>What was pinned for the master. Machines that joined before that was kept have the broker's authority, as a rule the same.</summary>
    public static string? ReadMasterCa(string directory) =>
        new[] { MasterCaFileName, CaFileName }.Select(name => Path.Combine(directory, name)).FirstOrDefault(File.Exists) is { } file ? File.ReadAllText(file) : null;

    private static async Task WriteCaAsync(string file, string? pem, CancellationToken cancellationToken)
    {
        if (pem is not null)
            await DurableFile.WriteAsync(file, Encoding.ASCII.GetBytes(pem), cancellationToken);
        else if (File.Exists(file))
            DurableFile.Delete(file);
    }

    /// <summary>Gives the bus this login. Settings that are there win: an agent may still be told a broker and a token by hand, as before nodes had users of their own.</summary>
    /// <exception cref="SettingException">There is no broker to connect to.</exception>
    public static void Apply(IConfiguration settings)
    {
        if (!string.IsNullOrWhiteSpace(settings["Kontena:Bus:RabbitMq"]))
            return;
        var directory = NodeAgentOptions.Read(settings).DataDirectory;
        if (Read(directory) is not { } identity)
            throw new SettingException("Kontena:Bus:RabbitMq", $"is not set, and this machine has not joined a grid (no {FileName} in {directory}); kontena node create NAME prints the line that joins it", "amqps://user:password@broker:5671/");
        settings["Kontena:Bus:RabbitMq"] = new UriBuilder(identity.Broker) { UserName = Uri.EscapeDataString(identity.User), Password = Uri.EscapeDataString(identity.Password) }.Uri.AbsoluteUri;
        settings["Kontena:Bus:Outlet"] = identity.Outlet;
        // The master has said so over HTTPS, and says it without TLS only where its operator allows that. A machine that joined earlier stays a node after an upgrade.
        if (string.IsNullOrWhiteSpace(settings[PlainWire.AllowKey]) && identity.Broker.StartsWith("amqp://", StringComparison.OrdinalIgnoreCase))
            settings[PlainWire.AllowKey] = "true";
        var ca = Path.Combine(directory, CaFileName);
        if (string.IsNullOrWhiteSpace(settings[TlsTrust.Key]) && File.Exists(ca))
            settings[TlsTrust.Key] = ca;
    }

    /// <summary>Whether an engine is the one that joined.</summary>
    public static bool IsOf(string outlet, string nodeId) => NodeOutlet.Read(outlet)?.IsToken(nodeId) ?? false;
}
