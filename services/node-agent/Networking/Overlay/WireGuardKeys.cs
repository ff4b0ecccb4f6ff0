using System.Text;
using Kontena.Core.Files;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>The node's WireGuard key. It is made here and never leaves the host; the public half is told.</summary>
/// <remarks>
/// A rotation takes two steps, each safe to repeat after a crash: the next key is made and told; once the map that every node gets has it, and they have had time to take it, it becomes
/// the key. Peers then let it in at once, and give it the block with the next map: the way is closed for a second or two.
/// </remarks>
internal sealed class WireGuardKeys(NodeAgentOptions options, IHostCommands commands, TimeProvider time, ILogger<WireGuardKeys> logger)
{
    /// <summary>From the next key in the map until it is used: two sweeps of a slow peer.</summary>
    internal static readonly TimeSpan Spreading = TimeSpan.FromSeconds(6);

    private readonly string _nextFile = Path.Combine(options.DataDirectory, "wireguard.next");
    private string? _public;
    private string? _next;
    private long? _knownSince;

    public string File { get; } = Path.Combine(options.DataDirectory, "wireguard.key");

    /// <summary>The public key; made at the first call. Null when the host has no <c>wg</c>.</summary>
    public async Task<string?> PublicAsync(CancellationToken cancellationToken)
    {
        if (_public is not null)
            return _public;
        if (!System.IO.File.Exists(File) && !await MakeAsync(File, cancellationToken))
            return null;
        return _public = await PublicOfAsync(File, cancellationToken);
    }

    /// <summary>The public half of the key that comes next; null when none does.</summary>
    public async Task<string?> NextAsync(CancellationToken cancellationToken) =>
        _next ??= System.IO.File.Exists(_nextFile) ? await PublicOfAsync(_nextFile, cancellationToken) : null;

    public async Task BeginRotationAsync(CancellationToken cancellationToken)
    {
        if (await PublicAsync(cancellationToken) is not null && !System.IO.File.Exists(_nextFile) && await MakeAsync(_nextFile, cancellationToken))
            logger.LogInformation("A new WireGuard key was made; it is used once every node knows it");
    }

    /// <summary>Takes the next key when it has been in the map for long enough.</summary>
    /// <param name="inMap">What the map says is the next key of this node.</param>
    public async Task AdvanceAsync(string? inMap, CancellationToken cancellationToken)
    {
        if (await NextAsync(cancellationToken) is not { } next || inMap != next)
        {
            _knownSince = null;
            return;
        }

        _knownSince ??= time.GetTimestamp();
        if (time.GetElapsedTime(_knownSince.Value) < Spreading)
            return;
        DurableFile.Move(_nextFile, File);
        (_public, _next, _knownSince) = (next, null, null);
        logger.LogInformation("The new WireGuard key is in use");
    }

    private async Task<bool> MakeAsync(string file, CancellationToken cancellationToken)
    {
        var made = await commands.RunAsync(new HostCommand("wg", "genkey"), null, cancellationToken);
        if (made.Ok)
            await DurableFile.WriteAsync(file, Encoding.ASCII.GetBytes(made.Output), cancellationToken);
        return made.Ok;
    }

    private async Task<string?> PublicOfAsync(string file, CancellationToken cancellationToken)
    {
        var key = await commands.RunAsync(new HostCommand("wg", "pubkey"), await System.IO.File.ReadAllTextAsync(file, cancellationToken), cancellationToken);
        return key.Ok ? key.Output.Trim() : null;
    }
}
