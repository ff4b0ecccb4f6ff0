using System.Text;
using Kontena.NodeAgent.Files;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>The node's WireGuard key. It is made here and never leaves the host; the public half is told.</summary>
internal sealed class WireGuardKeys(NodeAgentOptions options, IHostCommands commands)
{
    private string? _public;

    public string File { get; } = Path.Combine(options.DataDirectory, "wireguard.key");

    /// <summary>The public key; made at the first call. Null when the host has no <c>wg</c>.</summary>
    public async Task<string?> PublicAsync(CancellationToken cancellationToken)
    {
        if (_public is not null)
            return _public;
        if (!System.IO.File.Exists(File))
        {
            var made = await commands.RunAsync(new HostCommand("wg", "genkey"), null, cancellationToken);
            if (!made.Ok)
                return null;
            await DurableFile.WriteAsync(File, Encoding.ASCII.GetBytes(made.Output), cancellationToken);
        }

        var key = await commands.RunAsync(new HostCommand("wg", "pubkey"), await System.IO.File.ReadAllTextAsync(File, cancellationToken), cancellationToken);
        return _public = key.Ok ? key.Output.Trim() : null;
    }
}
