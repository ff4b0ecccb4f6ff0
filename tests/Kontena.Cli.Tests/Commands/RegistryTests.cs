using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Commands;

public sealed class RegistryTests : CliTest
{
    private const string Path = "/v1/grids/main/external_registries";
    private const string Shown = """{"id":"main/registry.example.org:5000","name":"registry.example.org:5000","url":"https://registry.example.org:5000/","username":"bot","email":null}""";

    [Fact]
    public async Task Ls_prints_names_users_and_addresses()
    {
        Master.On("GET", Path, $$"""{"external_registries":[{{Shown}}]}""");
        Assert.Equal(0, await RunAsync("external-registry", "ls"));
        Assert.Equal("NAME                        USERNAME   EMAIL\nregistry.example.org:5000   bot\n", Out);
        Assert.Equal(0, await AgainAsync("external-registry", "list", "-q"));
        Assert.Equal("registry.example.org:5000\n", Out);
    }

    [Fact]
    public async Task Ls_of_none_is_the_header_alone()
    {
        Master.On("GET", Path, """{"external_registries":[]}""");
        Assert.Equal(0, await RunAsync("external-registry", "ls"));
        Assert.Equal("NAME  USERNAME  EMAIL\n", Out);
        Assert.Equal(0, await AgainAsync("external-registry", "ls", "-q"));
        Assert.Equal("", Out);
    }

    [Theory]
    [InlineData("registry.example.org:5000", "https://registry.example.org:5000")]
    [InlineData("http://registry.example.org", "http://registry.example.org")]
    [InlineData(null, "https://index.docker.io/v2/")]
    public async Task Add_takes_an_address_with_or_without_a_scheme_and_shows_no_password(string? url, string sent)
    {
        Master.On("POST", Path, Shown);
        Assert.Equal(0, await RunAsync(["external-registry", "add", "-u", "bot", "-p", "s3cr3t", .. url is null ? Array.Empty<string>() : [url]]));
        Assert.Contains($"\"url\":\"{sent}\",\"username\":\"bot\",\"password\":\"s3cr3t\",\"email\":null", Master.BodyOf("POST", Path));
        Assert.DoesNotContain("s3cr3t", Out + Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-u", "bot", "--password")]
    [InlineData("-p", "s3cr3t", "--username")]
    public async Task Add_wants_a_user_and_a_password(string option, string value, string missing)
    {
        Assert.NotEqual(0, await RunAsync("external-registry", "add", option, value, "registry.example.org"));
        Assert.Contains($"'{missing}' is required", Error, StringComparison.Ordinal);
        Assert.False(Master.Got("POST", Path));
    }

    [Fact]
    public async Task Rm_is_confirmed_and_names_the_registry()
    {
        Master.On("DELETE", "/v1/external_registries/main/registry.example.org:5000", "");
        Assert.Equal(1, await RunAsync("external-registry", "rm", "registry.example.org:5000"));
        Assert.Equal(0, await AgainAsync("external-registry", "rm", "--force", "registry.example.org:5000"));
        Assert.True(Master.Got("DELETE", "/v1/external_registries/main/registry.example.org:5000"));
    }
}
