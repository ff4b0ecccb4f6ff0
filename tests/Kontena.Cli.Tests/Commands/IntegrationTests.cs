using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Commands;

public sealed class IntegrationTests : CliTest
{
    [Fact]
    public async Task Create_prints_the_address_alone_and_says_what_it_is()
    {
        Master.On("POST", "/v1/integrations", """{"id":"ci","name":"ci","roles":[],"grids":["main"],"queue_prefix":"integration.ci.","created_at":"2026-03-01T10:00:00.000Z","url":"amqps://integration.ci:pw@b:5671/"}""");
        Assert.Equal(0, await RunAsync("master", "integration", "create", "--grid", "main", "--role", "viewer", "ci"));
        Assert.Equal("amqps://integration.ci:pw@b:5671/\n", Out);
        Assert.Contains("shown this once", Error, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"ci\",\"roles\":[\"viewer\"],\"grids\":[\"main\"]", Master.BodyOf("POST", "/v1/integrations"));
    }

    [Fact]
    public async Task Ls_prints_names_roles_and_grids()
    {
        Master.On("GET", "/v1/integrations", """{"integrations":[{"id":"ci","name":"ci","roles":["viewer"],"grids":["main","b"],"queue_prefix":"integration.ci.","created_at":"2026-03-01T10:00:00.000Z"}]}""");
        Assert.Equal(0, await RunAsync("master", "integration", "ls"));
        Assert.Matches("^NAME +ROLES +GRIDS *\nci +viewer +main,b *\n$", Out);
    }

    [Fact]
    public async Task Rm_removes_several()
    {
        Master.On("DELETE", "/v1/integrations/a", "{}").On("DELETE", "/v1/integrations/b", "{}");
        Assert.Equal(0, await RunAsync("master", "integration", "rm", "--force", "a", "b"));
        Assert.True(Master.Got("DELETE", "/v1/integrations/b"));
    }
}
