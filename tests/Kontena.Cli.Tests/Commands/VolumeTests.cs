using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Commands;

public sealed class VolumeTests : CliTest
{
    private const string Data =
        """{"id":"main/data","name":"data","scope":"instance","driver":"local","driver_opts":{"size":"5"},"created_at":"2018-03-01T10:00:00.000Z","instances":[{"node":"core-01","name":"shop.db.data-1"}],"services":[{"id":"main/shop/db"}]}""";

    [Fact]
    public async Task Ls_prints_columns_that_scripts_can_read()
    {
        Master.On("GET", "/v1/volumes/main", $$"""{"volumes":[{{Data}}]}""");
        Assert.Equal(0, await RunAsync("volume", "ls"));
        var lines = Out.Split('\n');
        Assert.Matches("^NAME +SCOPE +DRIVER +CREATED_AT$", lines[0]);
        Assert.Matches(@"^data\s+instance\s+local\s+\d", lines[1]);
        Assert.Equal(0, await AgainAsync("volume", "list", "-q"));
        Assert.Equal("data\n", Out);
    }

    [Fact]
    public async Task Create_needs_driver_and_scope()
    {
        Assert.NotEqual(0, await RunAsync("volume", "create", "data"));
        Assert.NotEqual(0, await AgainAsync("volume", "create", "--driver", "local", "data"));
        Assert.NotEqual(0, await AgainAsync("volume", "create", "--driver", "local", "--scope", "host", "data"));
        Assert.Contains("instance, stack, grid", Error);
        Master.On("POST", "/v1/volumes/main", Data);
        Assert.Equal(0, await AgainAsync("volume", "create", "--driver", "local", "--scope", "instance", "--driver-opt", "size=5", "data"));
        Assert.Contains("""{"name":"data","scope":"instance","driver":"local","driver_opts":{"size":"5"}}""", Master.BodyOf("POST", "/v1/volumes/main"));
    }

    [Fact]
    public async Task Show_says_where_the_data_is_and_who_mounts_it()
    {
        Master.On("GET", "/v1/volumes/main/data", Data);
        Assert.Equal(0, await RunAsync("volume", "show", "data"));
        Assert.Equal(
            "data:\n  id: main/data\n  created: 2018-03-01T10:00:00.000Z\n  scope: instance\n  driver: local\n  driver_opts:\n    size: 5\n"
            + "  instances:\n    - name: shop.db.data-1\n      node: core-01\n  services:\n    - main/shop/db\n", Out);
    }

    [Fact]
    public async Task Rm_removes_several_and_shows_a_refusal()
    {
        Master.On("DELETE", "/v1/volumes/main/a", "{}").On("DELETE", "/v1/volumes/main/b", "{}");
        Assert.Equal(0, await RunAsync("volume", "rm", "--force", "a", "b"));
        Assert.True(Master.Got("DELETE", "/v1/volumes/main/b"));
    }
}
