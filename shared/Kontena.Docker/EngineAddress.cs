namespace Kontena.Docker;

/// <summary>Where a Docker Engine listens: a unix socket, or TCP with or without TLS.</summary>
public sealed record EngineAddress
{
    /// <summary>The engine's socket on a machine where nobody configured another.</summary>
    public const string DefaultSocket = "/var/run/docker.sock";

    private EngineAddress() { }

    /// <summary>Path of the unix socket; null for TCP.</summary>
    public string? SocketPath { get; private init; }

    /// <summary>Host name or address; null for a unix socket.</summary>
    public string? Host { get; private init; }

    public int Port { get; private init; }

    /// <summary>Directory with <c>ca.pem</c>, <c>cert.pem</c> and <c>key.pem</c>; null means no TLS.</summary>
    public string? CertificateDirectory { get; private init; }

    public bool UsesTls => CertificateDirectory is not null;

    /// <summary>Reads <c>unix:///path</c>, <c>tcp://host[:port]</c>, <c>http://…</c>, <c>https://…</c> or a plain absolute path.</summary>
    /// <param name="certificateDirectory">With TCP: talk TLS and show the certificate in this directory.</param>
    /// <exception cref="FormatException">The text is no address we can use; the message says which ones are.</exception>
    public static EngineAddress Parse(string address, string? certificateDirectory = null)
    {
        var text = address.Trim();
        if (text.StartsWith('/')) return Socket(text);
        if (text.StartsWith("unix://", StringComparison.Ordinal) && text["unix://".Length..] is { Length: > 0 } path && path[0] == '/')
            return Socket(path);

        // As a scheme .NET gives no port of its own, so that we can tell whether one was written.
        var secure = text.StartsWith("https://", StringComparison.Ordinal);
        var rest = secure || text.StartsWith("http://", StringComparison.Ordinal) ? "tcp" + text[text.IndexOf(':')..] : text;
        if (rest.StartsWith("tcp://", StringComparison.Ordinal) && Uri.TryCreate(rest, UriKind.Absolute, out var uri) && uri.Host.Length > 0)
        {
            var certificates = certificateDirectory ?? (secure ? DefaultCertificateDirectory() : null);
            return new EngineAddress
            {
                Host = uri.DnsSafeHost,
                Port = uri.Port > 0 ? uri.Port : certificates is null ? 2375 : 2376,
                CertificateDirectory = certificates,
            };
        }

        throw new FormatException(
            $"'{address}' is not an address of a Docker Engine: expected unix:///path/to/docker.sock or tcp://host:port.");
    }

    /// <summary><c>DOCKER_HOST</c> (with <c>DOCKER_TLS_VERIFY</c> and <c>DOCKER_CERT_PATH</c>, as the Docker CLI reads them), else the default socket.</summary>
    /// <exception cref="FormatException"><c>DOCKER_HOST</c> is no address we can use.</exception>
    public static EngineAddress FromEnvironment() => FromEnvironment(Environment.GetEnvironmentVariable);

    internal static EngineAddress FromEnvironment(Func<string, string?> variable)
    {
        if (variable("DOCKER_HOST") is not { Length: > 0 } host) return Socket(DefaultSocket);
        var certificates = variable("DOCKER_TLS_VERIFY") is { Length: > 0 }
            ? variable("DOCKER_CERT_PATH") is { Length: > 0 } directory ? directory : DefaultCertificateDirectory()
            : null;
        return Parse(host, certificates);
    }

    public override string ToString() => SocketPath is not null ? $"unix://{SocketPath}" : Host!.Contains(':') ? $"tcp://[{Host}]:{Port}" : $"tcp://{Host}:{Port}";

    private static EngineAddress Socket(string path) => new() { SocketPath = path };

    private static string DefaultCertificateDirectory() =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker");
}
