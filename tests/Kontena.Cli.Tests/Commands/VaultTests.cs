using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Commands;

public sealed class VaultTests : CliTest
{
    private const string Shown = """{"id":"main/PASS","name":"PASS","created_at":"2018-03-01T10:00:00.000Z","value":"s3cr3t","services":[]}""";

    [Fact]
    public async Task Ls_prints_names_and_times_sorted()
    {
        Master.On("GET", "/v1/grids/main/secrets",
            """{"secrets":[{"id":"main/B","name":"B","created_at":"2018-03-01T10:00:00.000Z","updated_at":"2018-03-02T10:00:00.000Z","services":[]},{"id":"main/A","name":"A","created_at":"2018-03-01T10:00:00.000Z","updated_at":"2018-03-01T10:00:00.000Z","services":[]}]}""");
        Assert.Equal(0, await RunAsync("vault", "ls", "-q"));
        Assert.Equal("A\nB\n", Out);
        Assert.Equal(0, await AgainAsync("vault", "list", "--long"));
        Assert.Matches("^NAME +CREATED_AT +UPDATED_AT\n", Out);
        Assert.Matches(@"B +2018-03-01T10:00:00.000Z +2018-03-02T10:00:00.000Z", Out);
    }

    [Fact]
    public async Task A_value_is_written_and_not_shown()
    {
        Master.On("POST", "/v1/grids/main/secrets", Shown);
        Assert.Equal(0, await RunAsync("vault", "write", "PASS", "s3cr3t"));
        Assert.Equal("", Out);
        Assert.DoesNotContain("s3cr3t", Error, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"PASS\",\"value\":\"s3cr3t\"", Master.BodyOf("POST", "/v1/grids/main/secrets"));
        Assert.Equal(0, await AgainAsync("vault", "write", "PASS", "--", "--dashed"));
        Assert.Contains("\"value\":\"--dashed\"", Master.BodyOf("POST", "/v1/grids/main/secrets"));
    }

    [Fact]
    public async Task Read_prints_a_block_or_the_value_alone()
    {
        Master.On("GET", "/v1/secrets/main/PASS", Shown);
        Assert.Equal(0, await RunAsync("vault", "read", "PASS"));
        Assert.Equal("PASS:\n  created_at: 2018-03-01T10:00:00.000Z\n  value: s3cr3t\n", Out);
        Assert.Equal(0, await AgainAsync("vault", "read", "--value", "PASS"));
        Assert.Equal("s3cr3t\n", Out);
    }

    [Fact]
    public async Task Update_says_whether_it_may_create()
    {
        Master.On("PUT", "/v1/secrets/main/PASS", Shown);
        Assert.Equal(0, await RunAsync("vault", "update", "-u", "PASS", "new"));
        Assert.Contains("\"name\":\"PASS\",\"value\":\"new\",\"upsert\":true", Master.BodyOf("PUT", "/v1/secrets/main/PASS"));
    }

    [Fact]
    public async Task Rm_removes_several()
    {
        Master.On("DELETE", "/v1/secrets/main/A", "{}").On("DELETE", "/v1/secrets/main/B", "{}");
        Assert.Equal(0, await RunAsync("vault", "rm", "--force", "A", "B"));
        Assert.True(Master.Got("DELETE", "/v1/secrets/main/B"));
    }
}
