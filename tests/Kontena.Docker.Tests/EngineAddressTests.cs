namespace Kontena.Docker.Tests;

public class EngineAddressTests
{
    [Theory]
    [InlineData("unix:///run/docker.sock", "unix:///run/docker.sock")]
    [InlineData("/run/docker.sock", "unix:///run/docker.sock")]
    [InlineData(" unix:///a b.sock ", "unix:///a b.sock")]
    [InlineData("tcp://10.0.0.1", "tcp://10.0.0.1:2375")]
    [InlineData("tcp://10.0.0.1:4243", "tcp://10.0.0.1:4243")]
    [InlineData("http://docker.example:80", "tcp://docker.example:80")]
    [InlineData("tcp://[fe80::1]:2375", "tcp://[fe80::1]:2375")]
    [InlineData("https://docker.example", "tcp://docker.example:2376")]
    public void An_address_is_read(string text, string address) => Assert.Equal(address, EngineAddress.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("docker.sock")]
    [InlineData("unix://")]
    [InlineData("unix://relative.sock")]
    [InlineData("npipe:////./pipe/docker_engine")]
    [InlineData("ssh://me@there")]
    public void What_we_cannot_use_is_refused_with_what_we_can(string text) =>
        Assert.Contains("expected unix:///path/to/docker.sock or tcp://host:port", Assert.Throws<FormatException>(() => EngineAddress.Parse(text)).Message);

    [Fact]
    public void Without_configuration_it_is_the_default_socket_and_the_environment_comes_before_it()
    {
        Assert.Equal("unix:///var/run/docker.sock", FromEnvironment().ToString());
        Assert.Equal("unix:///x.sock", FromEnvironment(("DOCKER_HOST", "unix:///x.sock")).ToString());
        Assert.False(FromEnvironment(("DOCKER_HOST", "tcp://h:2375")).UsesTls);

        var tls = FromEnvironment(("DOCKER_HOST", "tcp://h"), ("DOCKER_TLS_VERIFY", "1"), ("DOCKER_CERT_PATH", "/certs"));
        Assert.Equal(("tcp://h:2376", "/certs"), (tls.ToString(), tls.CertificateDirectory));
    }

    private static EngineAddress FromEnvironment(params (string Name, string Value)[] variables) =>
        EngineAddress.FromEnvironment(name => variables.FirstOrDefault(v => v.Name == name).Value);
}
