using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Kontena.Core.Tls;
using Kontena.Hosting.Tls;
using Kontena.Testing;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Kontena.Hosting.Tests.Tls;

public sealed class TlsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-tls-").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_folder_gets_an_authority_and_a_certificate_once_and_keys_for_its_owner_alone()
    {
        var folder = new CertificateFolder(_directory, TimeProvider.System);
        Assert.Equal([folder.CaFile, folder.CertificateFile], folder.Ensure(["localhost", "127.0.0.1"]));
        Assert.Empty(folder.Ensure(["localhost", "127.0.0.1"]));
        Assert.Empty(folder.Ensure(["localhost"]));
        Assert.Equal([folder.CertificateFile], folder.Ensure(["localhost", "10.0.0.1"]));
        Assert.Equal([folder.CertificateFile], folder.Ensure(["localhost"], renew: true));
        if (OperatingSystem.IsWindows())
            return;
        foreach (var key in new[] { folder.KeyFile, Path.Combine(_directory, "ca.key") })
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
    }

    [Fact]
    public void A_certificate_is_issued_anew_a_month_before_its_end_by_the_same_authority()
    {
        var folder = new CertificateFolder(_directory, TimeProvider.System);
        folder.Ensure(["localhost"]);
        var ca = File.ReadAllText(folder.CaFile);
        Assert.Empty(new CertificateFolder(_directory, new At(TimeSpan.FromDays(360))).Ensure(["localhost"]));
        Assert.Equal([folder.CertificateFile], new CertificateFolder(_directory, new At(TimeSpan.FromDays(370))).Ensure(["localhost"]));
        Assert.Equal(ca, File.ReadAllText(folder.CaFile));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_peer_is_believed_only_with_the_pinned_authority_in_time_and_by_its_name()
    {
        await using var server = await StartAsync();
        var pem = await File.ReadAllTextAsync(Path.Combine(_directory, "ca.pem"), Cancelled);
        Assert.Null(await RefusalAsync(server, CertificateTrust.OfPem(pem, TimeProvider.System), "127.0.0.1"));
        Assert.Contains("is for localhost, 127.0.0.1", await RefusalAsync(server, CertificateTrust.OfPem(pem, TimeProvider.System), "elsewhere.example"), StringComparison.Ordinal);
        Assert.Contains("set the clock", await RefusalAsync(server, CertificateTrust.OfPem(pem, new At(TimeSpan.FromDays(-2))), "127.0.0.1"), StringComparison.Ordinal);
        Assert.Contains("renew the certificate", await RefusalAsync(server, CertificateTrust.OfPem(pem, new At(TimeSpan.FromDays(500))), "127.0.0.1"), StringComparison.Ordinal);
        Assert.Contains("which this machine does not trust", await RefusalAsync(server, CertificateTrust.OfSystem, "127.0.0.1"), StringComparison.Ordinal);

        var other = Directory.CreateTempSubdirectory("kontena-tls-").FullName;
        var folder = new CertificateFolder(other, TimeProvider.System);
        folder.Ensure(["localhost"]);
        var stranger = CertificateTrust.OfPem(await File.ReadAllTextAsync(folder.CaFile, Cancelled), TimeProvider.System);
        Directory.Delete(other, recursive: true);
        Assert.Contains("not by the CA that is pinned here", await RefusalAsync(server, stranger, "127.0.0.1"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_certificate_is_rotated_without_a_restart()
    {
        await using var server = await StartAsync();
        var before = await ShownAsync(server);
        new CertificateFolder(_directory, TimeProvider.System).Ensure(["localhost", "127.0.0.1"], renew: true);
        while (await ShownAsync(server) == before)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancelled);
        Assert.Null(await RefusalAsync(server, CertificateTrust.OfFile(Path.Combine(_directory, "ca.pem"), TimeProvider.System), "127.0.0.1"));
    }

    /// <summary>What the settings name are links: certbot's archive, the directory behind <c>..data</c> of a mounted secret, a target that a script writes over.</summary>
    [Theory]
    [InlineData("the directory behind")]
    [InlineData("what is in it")]
    public void A_certificate_behind_links_is_read_anew_whatever_of_them_changes(string changes)
    {
        foreach (var version in new[] { "one", "two" })
            new CertificateFolder(Path.Combine(_directory, version), TimeProvider.System).Ensure(["localhost"]);
        var data = Path.Combine(_directory, "..data");
        Directory.CreateSymbolicLink(data, "one");
        foreach (var file in new[] { "server.pem", "server.key" })
            File.CreateSymbolicLink(Path.Combine(_directory, file), Path.Combine("..data", file));
        var clock = new TestClock();
        var said = new List<string>();
        var certificate = new ServerCertificate(Path.Combine(_directory, "server.pem"), Path.Combine(_directory, "server.key"), clock, said.Add);
        var before = certificate.Current().TargetCertificate.SerialNumber;

        if (changes == "what is in it")
        {
            foreach (var file in new[] { "server.key", "server.pem" })
                File.Copy(Path.Combine(_directory, "two", file), Path.Combine(_directory, "one", file), overwrite: true);
        }
        else
        {
            File.Delete(data);
            Directory.CreateSymbolicLink(data, "two");
        }

        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.NotEqual(before, certificate.Current().TargetCertificate.SerialNumber);
        Assert.Contains("was read anew", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Another_authority_takes_over_without_a_restart_on_either_side()
    {
        var next = Directory.CreateTempSubdirectory("kontena-tls-").FullName;
        var pinned = Path.Combine(next, "pinned.pem");
        try
        {
            await using var server = await StartAsync();
            File.Copy(Path.Combine(_directory, "ca.pem"), pinned);
            // As an agent or a service has it that runs all the while.
            var trust = CertificateTrust.OfFile(pinned, TimeProvider.System);
            var other = new CertificateFolder(next, TimeProvider.System);
            other.Ensure(["localhost", "127.0.0.1"]);
            await File.AppendAllTextAsync(pinned, await File.ReadAllTextAsync(other.CaFile, Cancelled), Cancelled);
            Assert.Null(await RefusalAsync(server, trust, "127.0.0.1"));

            var before = await ShownAsync(server);
            foreach (var file in new[] { "server.key", "server.pem" })
                File.Copy(Path.Combine(next, file), Path.Combine(_directory, file), overwrite: true);
            while (await ShownAsync(server) == before)
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancelled);
            Assert.Null(await RefusalAsync(server, trust, "127.0.0.1"));
            await File.WriteAllTextAsync(pinned, await File.ReadAllTextAsync(Path.Combine(_directory, "ca.pem"), Cancelled), Cancelled);
            Assert.Contains("not by the CA that is pinned here", await RefusalAsync(server, trust, "127.0.0.1"), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(next, recursive: true);
        }
    }

    [Fact]
    public void A_first_start_that_was_broken_off_is_made_good()
    {
        var folder = new CertificateFolder(_directory, TimeProvider.System);
        File.WriteAllText(Path.Combine(_directory, "ca.key"), "half");
        Assert.Equal([folder.CaFile, folder.CertificateFile], folder.Ensure(["localhost"]));
    }

    [Fact]
    public void The_authority_of_the_api_is_not_trusted_for_the_broker_unless_it_is_set()
    {
        var builder = KontenaApplicationBuilder.Create("test", ["--Kontena:Http:Urls=https://127.0.0.1:0", $"--Kontena:Tls:Directory={_directory}", "--Kontena:Log:Level=Error"]);
        builder.Build();
        Assert.Null(builder.Configuration[TlsTrust.Key]);
        Assert.Equal(Path.Combine(_directory, "ca.pem"), builder.Configuration[TlsTrust.OwnCaKey]);
    }

    [Fact]
    public void Files_that_are_no_certificates_end_the_start_with_a_sentence()
    {
        File.WriteAllText(Path.Combine(_directory, "x.pem"), "nonsense");
        var builder = KontenaApplicationBuilder.Create("test",
            ["--Kontena:Http:Urls=https://127.0.0.1:0", $"--Kontena:Tls:Certificate={_directory}/x.pem", $"--Kontena:Tls:Key={_directory}/x.key"]);
        Assert.Contains("can't be used", Assert.Throws<SettingException>(builder.Build).Message, StringComparison.Ordinal);
    }

    private async Task<WebApplication> StartAsync()
    {
        var builder = KontenaApplicationBuilder.Create("test",
            ["--Kontena:Http:Urls=https://127.0.0.1:0", $"--Kontena:Tls:Directory={_directory}", "--Kontena:Tls:Names=localhost,127.0.0.1", "--Kontena:Log:Level=Error"]);
        var application = builder.Build();
        await application.StartAsync(Cancelled);
        return application;
    }

    private static async Task<string?> RefusalAsync(WebApplication server, CertificateTrust trust, string name)
    {
        try
        {
            await HandshakeAsync(server, name, trust.CallbackFor(name));
            return null;
        }
        catch (AuthenticationException refusal)
        {
            return refusal.Message;
        }
    }

    private static async Task<string> ShownAsync(WebApplication server)
    {
        var shown = "";
        await HandshakeAsync(server, "127.0.0.1", (_, certificate, _, _) => (shown = certificate!.GetSerialNumberString()).Length > 0);
        return shown;
    }

    private static async Task HandshakeAsync(WebApplication server, string name, RemoteCertificateValidationCallback check)
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync("127.0.0.1", new Uri(server.Urls.First()).Port, Cancelled);
        await using var tls = new SslStream(client.GetStream(), false, check);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = name, CertificateRevocationCheckMode = X509RevocationMode.NoCheck }, Cancelled);
    }

    /// <summary>The system's clock, so far off.</summary>
    private sealed class At(TimeSpan off) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + off;
    }
}
