using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kontena.Docker.Tests.Wire;

namespace Kontena.Docker.Tests.Transport;

/// <summary>An engine on TCP with certificates on both sides, as <c>dockerd --tlsverify</c>.</summary>
public sealed class TlsTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kontena-tls-");
    private readonly X509Certificate2 _authority = NewAuthority("test authority");
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly WireServer _server = new(request => request.Call switch
    {
        "/info" => WireAnswer.Json("""{"Name":"over tls"}"""),
        "/containers/c1/exec" => WireAnswer.Json("""{"Id":"e1"}""", 201),
        "/exec/e1/start" => WireAnswer.Raw("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n", close: true),
        _ => null,
    });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_the_right_certificates_it_works_and_the_end_of_input_passes()
    {
        WriteCertificates(_authority);
        using var client = Serve(NewCertificate(_authority, "engine"));

        Assert.Equal("over tls", (await client.InfoAsync(Cancel)).HostName);

        await using var exec = await client.ExecAsync("c1", new ExecConfig { Cmd = ["cat"], AttachStdin = true }, Cancel);
        await exec.WriteAsync("all of it"u8.ToArray(), Cancel);
        await exec.CloseInputAsync(Cancel);
        Assert.Equal("all of it"u8.ToArray(), await _server.Input.Task.WaitAsync(Cancel));
    }

    [Fact]
    public async Task An_engine_that_another_authority_signed_is_not_trusted()
    {
        using var stranger = NewAuthority("another");
        WriteCertificates(_authority);
        using var client = Serve(NewCertificate(stranger, "engine"));

        var e = await Assert.ThrowsAsync<EngineUnavailableException>(() => client.InfoAsync(Cancel));

        Assert.Contains("TLS failed", e.Message);
        Assert.Contains("ca.pem", e.Message);
    }

    [Fact]
    public async Task Missing_certificates_are_named()
    {
        using var client = Serve(NewCertificate(_authority, "engine"));

        var e = await Assert.ThrowsAsync<EngineUnavailableException>(() => client.InfoAsync(Cancel));

        Assert.Contains($"Expected ca.pem, cert.pem and key.pem there", e.Message);
        Assert.Contains(_directory.FullName, e.Message);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _server.DisposeAsync();
        _authority.Dispose();
        _directory.Delete(recursive: true);
    }

    private DockerEngineClient Serve(X509Certificate2 certificate)
    {
        _listener.Start();
        _ = AcceptAsync(certificate);
        var port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        return new DockerEngineClient(EngineAddress.Parse($"tcp://127.0.0.1:{port}", _directory.FullName), TimeProvider.System);
    }

    private async Task AcceptAsync(X509Certificate2 certificate)
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(Cancel), certificate);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // the test is over
        }
    }

    private async Task ServeAsync(TcpClient connection, X509Certificate2 certificate)
    {
        using var owned = connection;
        await using var tls = new SslStream(connection.GetStream());
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, client, _, _) => client?.Issuer == _authority.Subject,
            }, Cancel);
            await _server.ServeAsync(tls);
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException or OperationCanceledException)
        {
            // the client refused us, or went
        }
    }

    private void WriteCertificates(X509Certificate2 authority)
    {
        using var own = NewCertificate(authority, "client");
        File.WriteAllText(Path.Combine(_directory.FullName, "ca.pem"), authority.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_directory.FullName, "cert.pem"), own.ExportCertificatePem());
        using var key = own.GetECDsaPrivateKey()!;
        File.WriteAllText(Path.Combine(_directory.FullName, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    private static X509Certificate2 NewAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
    }

    private static X509Certificate2 NewCertificate(X509Certificate2 authority, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var bare = request.Create(authority, Now.AddHours(-1), Now.AddHours(1), RandomNumberGenerator.GetBytes(8));
        return bare.CopyWithPrivateKey(key);
    }
}
