using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Kontena.Docker.Transport;

/// <summary>A connection to the engine: the stream that carries HTTP, and a way to end only our half of it.</summary>
internal sealed class EngineConnection(Socket socket, Stream stream)
{
    public Stream Stream { get; } = stream;

    /// <summary>The other side reads end-of-file; we can go on reading. <see cref="HttpClient"/> has no way to say this.</summary>
    public async Task EndOutputAsync(CancellationToken cancellationToken)
    {
        if (Stream is SslStream tls) await tls.ShutdownAsync().WaitAsync(cancellationToken);
        else socket.Shutdown(SocketShutdown.Send);
    }
}

/// <summary>Opens connections to an <see cref="EngineAddress"/>. TLS is spoken here, so that everything above is plain HTTP.</summary>
internal sealed class EngineConnector(EngineAddress address) : IDisposable
{
    private readonly Lazy<Certificates>? _certificates =
        address.CertificateDirectory is { } directory ? new(() => Certificates.Load(directory)) : null;

    public EngineAddress Address { get; } = address;

    public async ValueTask<EngineConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = Address.SocketPath is not null
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (Address.SocketPath is { } path) await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            else await socket.ConnectAsync(Address.Host!, Address.Port, cancellationToken);

            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (_certificates is { } certificates) stream = await AuthenticateAsync(stream, certificates.Value, cancellationToken);
            return new EngineConnection(socket, stream);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<SslStream> AuthenticateAsync(Stream stream, Certificates certificates, CancellationToken cancellationToken)
    {
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = Address.Host,
                    ClientCertificates = [certificates.Own],
                    CertificateChainPolicy = new X509ChainPolicy
                    {
                        TrustMode = X509ChainTrustMode.CustomRootTrust,
                        CustomTrustStore = { certificates.Authority },
                        RevocationMode = X509RevocationMode.NoCheck,
                    },
                },
                cancellationToken);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    public void Dispose()
    {
        if (_certificates is { IsValueCreated: true }) _certificates.Value.Dispose();
    }

    private sealed record Certificates(X509Certificate2 Authority, X509Certificate2 Own) : IDisposable
    {
        public static Certificates Load(string directory)
        {
            try
            {
                return new(
                    X509CertificateLoader.LoadCertificateFromFile(Path.Combine(directory, "ca.pem")),
                    X509Certificate2.CreateFromPemFile(Path.Combine(directory, "cert.pem"), Path.Combine(directory, "key.pem")));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
            {
                throw new EngineUnavailableException(
                    $"The certificates for the Docker Engine can't be read from {directory} ({e.Message}). " +
                    "Expected ca.pem, cert.pem and key.pem there, readable by this process.", e);
            }
        }

        public void Dispose()
        {
            Authority.Dispose();
            Own.Dispose();
        }
    }
}
