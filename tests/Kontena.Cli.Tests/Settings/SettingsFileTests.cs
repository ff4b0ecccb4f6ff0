using System.Text.Json;
using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Settings;

public sealed class SettingsFileTests : CliTest
{
    private string FilePath => Path.Combine(Home, ".kontena_client.json");

    [Fact]
    public async Task Login_stores_the_token_for_its_owner_only()
    {
        WithoutVariables();
        Master.On("GET", "/v1/user", """{"id":"1","email":"admin","name":"admin","roles":[]}""")
            .On("GET", "/v1/grids", $$"""{"grids":[{{Some.Grid("busy")}},{"id":"quiet","name":"quiet","user_count":0}]}""");
        Assert.Equal(0, await RunAsync("master", "login", "--token", "T1", "--name", "prod", Master.Url));
        Assert.Equal($"Authenticated to Kontena Master prod at {Master.Url} as admin\nUsing grid: quiet\n", Out);
        Assert.Equal("Bearer T1", Master.Seen[0].Authorization);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));

        var server = JsonDocument.Parse(await File.ReadAllTextAsync(FilePath, TestContext.Current.CancellationToken)).RootElement.GetProperty("servers")[0];
        Assert.Equal("prod", server.GetProperty("name").GetString());
        Assert.Equal("T1", server.GetProperty("token").GetString());
        Assert.Equal("quiet", server.GetProperty("grid").GetString());
    }

    [Fact]
    public async Task Login_takes_the_token_from_the_environment()
    {
        WithoutVariables();
        Variables["KONTENA_TOKEN"] = "T2";
        Master.On("GET", "/v1/user", """{"id":"1","email":"admin"}""");
        Assert.Equal(0, await RunAsync("master", "login", "--name", "local", "--skip-grid-auto-select", Master.Url));
        Assert.Contains("\"token\": \"T2\"", await File.ReadAllTextAsync(FilePath, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_code_is_exchanged_for_a_token_that_is_stored()
    {
        WithoutVariables();
        Master.On("POST", "/oauth2/token", """{"id":"1","token_type":"bearer","access_token":"T3","refresh_token":"R3","expires_in":7200,"scopes":"user","user":{"id":"1","email":"dev@x","name":""},"server":{"name":null}}""")
            .On("GET", "/v1/user", """{"id":"1","email":"dev@x"}""");
        Assert.Equal(0, await RunAsync("master", "login", "--code", "c0de", "--skip-grid-auto-select", Master.Url));
        Assert.Contains("\"grant_type\":\"authorization_code\",\"code\":\"c0de\"", Master.Seen[0].Body);
        Assert.Equal((null, "Bearer T3"), (Master.Seen[0].Authorization, Master.Seen[1].Authorization));
        var server = JsonDocument.Parse(await File.ReadAllTextAsync(FilePath, TestContext.Current.CancellationToken)).RootElement.GetProperty("servers")[0];
        Assert.Equal(("T3", "R3", "dev@x"), (server.GetProperty("token").GetString(), server.GetProperty("refresh_token").GetString(), server.GetProperty("username").GetString()));
        Assert.True(server.GetProperty("token_expires_at").GetInt64() > 7200);
    }

    [Fact]
    public async Task A_code_that_is_spent_stores_nothing()
    {
        WithoutVariables();
        Master.OnStatus("POST", "/oauth2/token", 404, """{"error":"invalid_request","error_description":"authorization_code"}""");
        Assert.Equal(1, await RunAsync("master", "login", "--code", "c0de", Master.Url));
        Assert.False(File.Exists(FilePath));
        Assert.Equal(1, await RunAsync("master", "login", "--code", "c0de", "--token", "T", Master.Url));
        Assert.Contains("--code and --token exclude each other", Error);
    }

    [Fact]
    public async Task Login_with_a_wrong_token_stores_nothing()
    {
        WithoutVariables();
        Master.OnStatus("GET", "/v1/user", 403, """{"error":"invalid_token","error_description":"Invalid token"}""");
        Assert.Equal(1, await RunAsync("master", "login", "--token", "bad", Master.Url));
        Assert.Contains(" [error] 403 : Invalid token (/v1/user)", Error);
        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public async Task Login_again_updates_the_known_master()
    {
        WithoutVariables();
        Write(".kontena_client.json", Settings($$"""{"name":"prod","url":"{{Master.Url}}","token":"old","grid":"main","refresh_token":"R"}"""));
        Master.On("GET", "/v1/user", """{"id":"1","email":"admin"}""");
        Assert.Equal(0, await RunAsync("master", "login", "--token", "new", Master.Url));
        var text = await File.ReadAllTextAsync(FilePath, TestContext.Current.CancellationToken);
        Assert.Contains("\"token\": \"new\"", text);
        Assert.DoesNotContain("\"R\"", text);
        Assert.Single(JsonDocument.Parse(text).RootElement.GetProperty("servers").EnumerateArray());
    }

    [Fact]
    public async Task Unknown_keys_survive_a_rewrite()
    {
        WithoutVariables();
        Write(".kontena_client.json", """{"current_server":"a","accounts":[{"name":"kontena"}],"servers":[{"name":"a","url":"http://x","account":"own"},{"name":"b","url":"http://y"}]}""");
        Assert.Equal(0, await RunAsync("master", "use", "b"));
        var root = JsonDocument.Parse(await File.ReadAllTextAsync(FilePath, TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal("b", root.GetProperty("current_server").GetString());
        Assert.Equal("kontena", root.GetProperty("accounts")[0].GetProperty("name").GetString());
        Assert.Equal("own", root.GetProperty("servers")[0].GetProperty("account").GetString());
        Assert.Equal("Using master: b (http://y)\nUsing grid: <none>\n", Out);
    }

    [Fact]
    public async Task The_file_is_not_written_while_the_url_comes_from_the_environment()
    {
        Master.On("GET", "/v1/grids", $$"""{"grids":[{{Some.Grid()}}]}""");
        Assert.Equal(0, await RunAsync("grid", "use", "main"));
        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public async Task The_legacy_form_and_double_names_are_understood()
    {
        WithoutVariables();
        Write(".kontena_client.json", """{"server":{"url":"http://old"}}""");
        Assert.Equal(0, await RunAsync("master", "ls"));
        Assert.Equal("NAME        URL\n* default   http://old\n", Out);

        Write(".kontena_client.json", """{"servers":[{"name":"x","url":"http://1"},{"name":"x","url":"http://2"}]}""");
        Assert.Equal(0, await AgainAsync("master", "ls", "-q"));
        Assert.Equal("x\nx-2\n", Out);
    }

    [Fact]
    public async Task A_broken_file_is_named_with_its_line()
    {
        WithoutVariables();
        Write(".kontena_client.json", "{\n oops");
        Assert.Equal(1, await RunAsync("master", "ls"));
        Assert.Contains($"The settings in {FilePath} are not valid JSON (line 2)", Error);
    }

    [Fact]
    public async Task Another_file_can_be_chosen()
    {
        WithoutVariables();
        Variables["KONTENA_CONFIG"] = Path.Combine(Home, "other.json");
        Write("other.json", """{"servers":[{"name":"x","url":"http://1"}]}""");
        Assert.Equal(0, await RunAsync("master", "ls", "-q"));
        Assert.Equal("x\n", Out);
    }

    [Fact]
    public async Task The_environment_replaces_token_and_grid_of_the_stored_master()
    {
        WithoutVariables();
        Write(".kontena_client.json", Settings($$"""{"name":"prod","url":"{{Master.Url}}","token":"stored","grid":"stored"}"""));
        Variables["KONTENA_GRID"] = "other";
        Variables["KONTENA_TOKEN"] = "fresh";
        Master.On("GET", "/v1/grids/other/services", """{"services":[]}""");
        Assert.Equal(0, await RunAsync("service", "ls"));
        Assert.Equal("Bearer fresh", Master.Seen[0].Authorization);
    }

    [Fact]
    public async Task Logout_forgets_the_token_and_rm_the_master()
    {
        WithoutVariables();
        Write(".kontena_client.json", Settings("""{"name":"prod","url":"http://x","token":"T"}"""));
        Assert.Equal(0, await RunAsync("master", "logout"));
        Assert.DoesNotContain("\"T\"", await File.ReadAllTextAsync(FilePath, TestContext.Current.CancellationToken));
        Assert.Equal(0, await AgainAsync("master", "rm", "--force", "prod"));
        Assert.Equal(1, await AgainAsync("master", "current"));
        Assert.Contains("You are not logged into a Kontena Master. Use: kontena master login", Error);
    }

    [Theory]
    [InlineData("--name", "prod")]
    [InlineData("--url", "http://h:9292")]
    [InlineData("--address", "h")]
    public async Task Current_prints_one_value(string option, string value)
    {
        WithoutVariables();
        Write(".kontena_client.json", Settings("""{"name":"prod","url":"http://h:9292"}"""));
        Assert.Equal(0, await RunAsync("master", "current", option));
        Assert.Equal($"{value}\n", Out);
    }

    [Fact]
    public async Task Whoami_looks_the_user_up_once()
    {
        WithoutVariables();
        Write(".kontena_client.json", Settings($$"""{"name":"prod","url":"{{Master.Url}}","token":"T","grid":"main"}"""));
        Master.On("GET", "/v1/user", """{"id":"1","email":"ops@example.net"}""");
        await RunAsync("whoami");
        Assert.Contains("User: ops@example.net\n", Out);
        await AgainAsync("whoami");
        Assert.Contains("User: ops@example.net\n", Out);
        Assert.Single(Master.Seen);
    }

    private static string Settings(string server) => $$"""{"current_server":"prod","servers":[{{server}}]}""";
}
