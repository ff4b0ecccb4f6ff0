using System.Security.Cryptography;
using Kontena.Core.Files;

namespace Kontena.NodeAgent.Registration;

/// <summary>The agent's secret, made at its first start and kept in its directory (0600). A machine copied before its agent ran has the engine's id of
/// the other, but not this.</summary>
internal static class AgentKey
{
    private const string FileName = "agent-key";
    private const int LongestFile = 256;

    /// <summary>43 characters. A file that can't be one is written anew: it was damaged, or made by hand.</summary>
    public static async Task<string> ReadOrMakeAsync(string directory, CancellationToken cancellationToken)
    {
        var file = Path.Combine(directory, FileName);
        if (new FileInfo(file) is { Exists: true, Length: <= LongestFile })
        {
            var kept = (await File.ReadAllTextAsync(file, cancellationToken)).Trim();
            if (kept.Length is >= 16 and <= 128)
                return kept;
        }

        var made = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=');
        await DurableFile.WriteAsync(file, System.Text.Encoding.ASCII.GetBytes(made), cancellationToken);
        return made;
    }
}
