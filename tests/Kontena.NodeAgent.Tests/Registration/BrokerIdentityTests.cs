using Kontena.Hosting;
using Kontena.NodeAgent.Registration;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Kontena.NodeAgent.Tests.Registration;

public sealed class BrokerIdentityTests : IDisposable
{
    private static readonly BrokerIdentity Identity = new(
        "AAAA:1", "prod", "core-1", "https://master:9442/", "amqps://broker:5671/vhost", "node-aaaa1", "p@ss/wörd:%", "node-aaaa1.out.prod.core-1");

    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-login-").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_login_is_kept_for_its_owner_alone_and_given_to_the_bus()
    {
        Assert.Null(BrokerIdentity.Read(_directory));
        await Identity.WriteAsync(_directory, "the broker's", "the master's", Cancelled);
        Assert.Equal(Identity, BrokerIdentity.Read(_directory));
        Assert.Equal("the master's", BrokerIdentity.ReadMasterCa(_directory));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_directory, "broker.json")));

        var settings = Settings();
        BrokerIdentity.Apply(settings);
        var broker = new Uri(settings["Kontena:Bus:RabbitMq"]!);
        Assert.Equal(("amqps", "broker", 5671, "/vhost"), (broker.Scheme, broker.Host, broker.Port, broker.AbsolutePath));
        Assert.Equal(["node-aaaa1", "p@ss/wörd:%"], broker.UserInfo.Split(':').Select(Uri.UnescapeDataString));
        Assert.Equal((Identity.Outlet, Path.Combine(_directory, "broker-ca.pem")), (settings["Kontena:Bus:Outlet"], settings["Kontena:Tls:CaFile"]));
    }

    [Fact]
    public async Task A_broker_that_is_set_by_hand_wins()
    {
        await Identity.WriteAsync(_directory, "pem", null, Cancelled);
        var settings = Settings(("Kontena:Bus:RabbitMq", "amqp://user:pass@elsewhere/"));
        BrokerIdentity.Apply(settings);
        Assert.Equal(("amqp://user:pass@elsewhere/", null, null), (settings["Kontena:Bus:RabbitMq"], settings["Kontena:Bus:Outlet"], settings["Kontena:Tls:CaFile"]));
        var pinned = Settings(("Kontena:Tls:CaFile", "/etc/mine.pem"));
        BrokerIdentity.Apply(pinned);
        Assert.Equal("/etc/mine.pem", pinned["Kontena:Tls:CaFile"]);
    }

    [Theory]
    [InlineData("amqp://broker:5672/", null, "true")]
    [InlineData("amqp://broker:5672/", "false", "false")]
    [InlineData("amqps://broker:5671/", null, null)]
    public async Task A_broker_that_the_master_has_told_may_be_without_TLS_unless_this_machine_forbids_it(string broker, string? set, string? allowed)
    {
        await (Identity with { Broker = broker }).WriteAsync(_directory, null, null, Cancelled);
        var settings = Settings([.. set is null ? Array.Empty<(string, string)>() : [("Kontena:Tls:AllowPlain", set)]]);
        BrokerIdentity.Apply(settings);
        Assert.Equal(allowed, settings["Kontena:Tls:AllowPlain"]);
    }

    [Fact]
    public async Task An_authority_of_before_does_not_stay_when_there_is_none_any_more()
    {
        await Identity.WriteAsync(_directory, "pem", "pem", Cancelled);
        await Identity.WriteAsync(_directory, null, null, Cancelled);
        var settings = Settings();
        BrokerIdentity.Apply(settings);
        Assert.Null(settings["Kontena:Tls:CaFile"]);
        Assert.Null(BrokerIdentity.ReadMasterCa(_directory));
    }

    [Fact]
    public void A_machine_that_has_not_joined_is_told_how_and_a_damaged_login_too()
    {
        Assert.Contains("kontena node create", Assert.Throws<SettingException>(() => BrokerIdentity.Apply(Settings())).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_directory, "broker.json"), "{\"nodeId\":");
        Assert.Contains("join again", Assert.Throws<SettingException>(() => BrokerIdentity.Apply(Settings())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AAAA:1", true)]
    [InlineData("aaaa-1", true)]
    [InlineData("AAAA:2", false)]
    public void A_login_is_of_one_engine(string engine, bool expected) => Assert.Equal(expected, BrokerIdentity.IsOf(Identity.Outlet, engine));

    private IConfigurationRoot Settings(params IReadOnlyList<(string Key, string Value)> more) => new ConfigurationBuilder().AddInMemoryCollection(
        [new("Kontena:Agent:DataDirectory", _directory), .. more.Select(one => new KeyValuePair<string, string?>(one.Key, one.Value))]).Build();
}
