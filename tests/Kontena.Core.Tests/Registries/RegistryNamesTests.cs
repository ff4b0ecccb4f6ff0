using Kontena.Core.Registries;
using Xunit;

namespace Kontena.Core.Tests.Registries;

public sealed class RegistryNamesTests
{
    [Theory]
    [InlineData("https://registry.example.org/", "registry.example.org")]
    [InlineData("http://registry.example.org", "registry.example.org")]
    [InlineData("https://Registry.Example.org:5000/v2/?x=1", "registry.example.org:5000")]
    [InlineData("https://registry.example.org:443", "registry.example.org")]
    [InlineData("http://registry.example.org:80/", "registry.example.org")]
    [InlineData("http://10.0.0.7:05000", "10.0.0.7:5000")]
    [InlineData("http://localhost:5000", "localhost:5000")]
    [InlineData("https://index.docker.io/v2/", "index.docker.io")]
    [InlineData("https://docker.io", "index.docker.io")]
    [InlineData("https://registry-1.docker.io/", "index.docker.io")]
    public void A_registry_is_called_after_the_host_and_port_of_its_address(string url, string name) => Assert.Equal(name, RegistryNames.OfUrl(url));

    [Theory]
    [InlineData("")]
    [InlineData("registry.example.org")]
    [InlineData("ftp://registry.example.org")]
    [InlineData("HTTPS://registry.example.org")]
    [InlineData("https://")]
    [InlineData("https:///path")]
    [InlineData("https://registry.example.org /")]
    [InlineData("https://registry.example.org/\n")]
    [InlineData("https://bob:pw@registry.example.org/")]
    [InlineData("https://registry.example.org:0")]
    [InlineData("https://registry.example.org:65536")]
    [InlineData("https://registry.example.org:")]
    [InlineData("https://registry.example.org:+5000")]
    [InlineData("https://a:1:2/")]
    [InlineData("https://[::1]:5000/")]
    [InlineData("https://-registry/")]
    [InlineData("https://régistry.example/")]
    public void What_names_no_registry_is_none(string url) => Assert.Null(RegistryNames.OfUrl(url));

    [Theory]
    [InlineData("redis", "index.docker.io")]
    [InlineData("redis:7", "index.docker.io")]
    [InlineData("acme/web:1.4", "index.docker.io")]
    [InlineData("docker.io/library/redis", "index.docker.io")]
    [InlineData("index.docker.io/acme/web", "index.docker.io")]
    [InlineData("registry.example.org/a/b:1", "registry.example.org")]
    [InlineData("Registry.example.org:443/a", "registry.example.org")]
    [InlineData("registry:5000/a@sha256:0123", "registry:5000")]
    [InlineData("localhost/a", "localhost")]
    [InlineData("redis:7@sha256:0123", "index.docker.io")]
    public void An_image_comes_from_the_registry_that_its_name_begins_with(string image, string name) => Assert.Equal(name, RegistryNames.OfImage(image));
}
