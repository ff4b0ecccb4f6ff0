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

    private void Keep(params (string Name, string Value)[] secrets)
    {
        Master.On("GET", "/v1/grids/main/secrets", "{\"secrets\":[" + string.Join(',', secrets.Select(one =>
            $$"""{"id":"main/{{one.Name}}","name":"{{one.Name}}","created_at":"2018-03-01T10:00:00.000Z","updated_at":"2018-03-01T10:00:00.000Z","services":[]}""")) + "]}");
        foreach (var (name, value) in secrets)
        {
            Master.On("GET", $"/v1/secrets/main/{name}",
                $$"""{"id":"main/{{name}}","name":"{{name}}","created_at":"2018-03-01T10:00:00.000Z","value":{{System.Text.Json.JsonSerializer.Serialize(value)}},"services":[]}""");
        }
    }

    [Fact]
    public async Task Export_prints_what_import_takes_sorted()
    {
        Keep(("PEM", "-----BEGIN-----\n\"q\" \\ 'a'\n"), ("A", "plain"), ("PIN", "0123"), ("YES", "yes"), ("SMILE", "ü😀"));
        Assert.Equal(0, await RunAsync("vault", "export"));
        Assert.Equal("---\nA: plain\nPEM: \"-----BEGIN-----\\n\\\"q\\\" \\\\ 'a'\\n\"\nPIN: \"0123\"\nSMILE: \"ü😀\"\n\"YES\": \"yes\"\n", Out);
        var read = Kontena.Cli.Commands.Vault.SecretsFile.Read(Out, "f", json: false, emptyIsNull: false, skipNull: false);
        Assert.Equal(["plain", "-----BEGIN-----\n\"q\" \\ 'a'\n", "0123", "ü😀", "yes"], read.Writes.Select(one => one.Value));
        Assert.Equal(0, await AgainAsync("vault", "export", "--json"));
        Assert.Equal(read.Writes, Kontena.Cli.Commands.Vault.SecretsFile.Read(Out, "f", json: true, emptyIsNull: false, skipNull: false).Writes);
    }

    [Fact]
    public async Task An_empty_vault_is_exported_as_an_empty_mapping()
    {
        Keep();
        Assert.Equal(0, await RunAsync("vault", "export"));
        Assert.Equal("--- {}\n", Out);
    }

    [Fact]
    public async Task Import_writes_values_as_they_are_written_and_removes_nulls()
    {
        Master.On("PUT", "/v1/secrets/main/A", Shown).On("PUT", "/v1/secrets/main/B", Shown).On("DELETE", "/v1/secrets/main/C", "{}")
            .OnStatus("DELETE", "/v1/secrets/main/GONE", 404, """{"error":"Not found"}""");
        Write("secrets.yml", "A: 0123\nB: yes\nC:\nGONE: ~\n");
        Assert.Equal(0, await RunAsync("vault", "import", "--force", "secrets.yml"));
        Assert.Contains("\"name\":\"A\",\"value\":\"0123\",\"upsert\":true", Master.BodyOf("PUT", "/v1/secrets/main/A"));
        Assert.Contains("\"value\":\"yes\"", Master.BodyOf("PUT", "/v1/secrets/main/B"));
        Assert.True(Master.Got("DELETE", "/v1/secrets/main/C") && Master.Got("DELETE", "/v1/secrets/main/GONE"));
        Assert.Equal("", Out);
    }

    [Fact]
    public async Task Import_says_what_it_is_about_to_do_and_asks()
    {
        Write("secrets.yml", "A: a\nB: b\nC:\n");
        Terminal.Type("n");
        Assert.NotEqual(0, await RunAsync("vault", "import", "secrets.yml"));
        Assert.Contains("About to..\n  * IMPORT 2 secrets\n  * DELETE 1 secret\n", Error, StringComparison.Ordinal);
        Assert.False(Master.Got("PUT", "/v1/secrets/main/A"));
    }

    [Fact]
    public async Task Import_names_every_mistake_without_a_value_and_changes_nothing()
    {
        Write("secrets.yml", "GOOD: hush\na.b: hush\nEMPTY: ''\n");
        Assert.NotEqual(0, await RunAsync("vault", "import", "--force", "secrets.yml"));
        Assert.Contains("a.b: a secret's name has", Error, StringComparison.Ordinal);
        Assert.Contains("EMPTY: the value is blank", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", Error, StringComparison.Ordinal);
        Assert.False(Master.Got("PUT", "/v1/secrets/main/GOOD"));

        Write("list.yml", "A: [1]\n");
        Assert.NotEqual(0, await AgainAsync("vault", "import", "--force", "list.yml"));
        Assert.Contains("expected a single value, found a list", Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_from_a_pipe_leaves_nulls_alone_when_told()
    {
        Master.On("PUT", "/v1/secrets/main/A", Shown);
        Terminal.Input = new MemoryStream("""{"A":1,"B":null,"C":""}"""u8.ToArray());
        Assert.Equal(0, await RunAsync("vault", "import", "--force", "--json", "--skip-null", "--empty-is-null"));
        Assert.Contains("\"value\":\"1\"", Master.BodyOf("PUT", "/v1/secrets/main/A"));
    }

    [Fact]
    public async Task Import_of_nothing_is_no_success()
    {
        Terminal.Input = new MemoryStream("B: ~"u8.ToArray());
        Assert.NotEqual(0, await RunAsync("vault", "import", "--force", "--skip-null"));
        Assert.Contains("No secrets loaded", Error, StringComparison.Ordinal);
    }
}
