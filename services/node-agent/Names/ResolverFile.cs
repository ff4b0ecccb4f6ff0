using System.Net;

namespace Kontena.NodeAgent.Names;

/// <summary>The name servers of this machine, read again when the file has changed.</summary>
internal sealed class ResolverFile(string path, int port = NameSockets.Port)
{
    public const string Usual = "/etc/resolv.conf";
    private const int Most = 3;
    private readonly Lock _guard = new();
    private (DateTime Written, long Length) _seen;
    private IReadOnlyList<IPEndPoint> _servers = [];

    public string Path => path;

    public IReadOnlyList<IPEndPoint> Read()
    {
        lock (_guard)
        {
            try
            {
                var file = new FileInfo(path);
                var seen = (file.LastWriteTimeUtc, file.Length);
                if (seen != _seen)
                    (_servers, _seen) = (Parse(File.ReadAllText(path), port), seen);
            }
            catch (IOException)
            {
                // Written anew at this moment, or not there: what was known holds.
            }

            return _servers;
        }
    }

    /// <summary>As resolv.conf(5): the first three that are given.</summary>
    internal static IReadOnlyList<IPEndPoint> Parse(string text, int port = NameSockets.Port) =>
    [
        .. text.Split('\n')
            .Select(line => line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["nameserver", _, ..])
            .Select(words => IPAddress.TryParse(words[1], out var address) ? new IPEndPoint(address, port) : null)
            .OfType<IPEndPoint>()
            .Take(Most),
    ];
}
