using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Commands;

public sealed class GeneralTests : CliTest
{
    [Fact]
    public async Task Version_names_client_and_master()
    {
        Master.On("GET", "/", """{"name":"Kontena Master","tagline":"t","version":"1.5.7"}""");
        Assert.Equal(0, await RunAsync("version"));
        Assert.Equal($"cli: {CliVersion.Text}\nmaster: 1.5.7 ({Master.Url})\n", Out);
    }

    [Fact]
    public async Task Version_does_not_fail_when_the_master_is_away()
    {
        Variables["KONTENA_URL"] = "http://127.0.0.1:9";
        Assert.Equal(0, await RunAsync("version"));
        Assert.Equal($"cli: {CliVersion.Text}\n", Out);
        Assert.Contains("connection refused", Error);
    }

    [Fact]
    public async Task Version_of_the_client_alone_asks_nobody()
    {
        Assert.Equal(0, await RunAsync("version", "--cli"));
        Assert.Empty(Master.Seen);
    }

    [Fact]
    public async Task Whoami_names_master_and_grid()
    {
        Variables["KONTENA_MASTER"] = "ci";
        Assert.Equal(0, await RunAsync("whoami"));
        Assert.Equal($"Master: ci\nURL: {Master.Url}\nGrid: main\n", Out);
    }

    [Fact]
    public async Task A_wrong_word_gets_the_nearest_commands()
    {
        Assert.Equal(1, await RunAsync("sevice", "ls"));
        Assert.Equal("ERROR: No such sub-command 'sevice'. Did you mean 'service'?\n\nSee: 'kontena --help'\n", Error);
        Assert.Equal("", Out);
    }

    [Fact]
    public async Task Old_habits_are_pointed_to_the_right_command()
    {
        Assert.Equal(1, await RunAsync("login"));
        Assert.Contains("kontena master login", Error);
    }

    [Fact]
    public async Task No_words_print_the_help()
    {
        Assert.Equal(0, await RunAsync());
        Assert.Contains("Usage:", Out);
        Assert.Contains("Options:", Out);
    }

    [Fact]
    public async Task Help_explains_a_command()
    {
        Assert.Equal(0, await RunAsync("help", "stack", "install"));
        Assert.StartsWith("Usage:\n    kontena stack install [OPTIONS] [FILE]\n", Out);
    }

    [Fact]
    public async Task Another_major_version_of_the_master_is_said_once_at_the_end()
    {
        Master.OnRequest("GET", "/v1/grids", context =>
        {
            context.Response.Headers["X-Kontena-Version"] = "9.9.1";
            return FakeMaster.WriteAsync(context, 200, """{"grids":[]}""");
        });
        Assert.Equal(0, await RunAsync("grid", "ls", "-q"));
        Assert.Contains("the master is 9.9.1", Error);
        Assert.Equal("", Out);
    }

    [Fact]
    public async Task The_subcommand_tree_lists_every_command()
    {
        Assert.Equal(0, await RunAsync("complete", "--subcommand-tree"));
        Assert.Contains("\nkontena service env add\n", Out);
        Assert.DoesNotContain("complete", Out);
    }

    [Fact]
    public async Task Completion_offers_the_commands_of_a_group()
    {
        Assert.Equal(0, await RunAsync("complete", "kontena", "grid"));
        Assert.Contains("use\n", Out);
    }

    [Fact]
    public async Task The_documentation_is_current()
    {
        Assert.Equal(0, await RunAsync("docs"));
        var written = await File.ReadAllTextAsync(RepositoryFile("infra/docs/cli.md"), TestContext.Current.CancellationToken);
        Assert.True(Out == written, "infra/docs/cli.md is not what the commands say now. Renew it with: infra/kontena docs > infra/docs/cli.md");
    }

    [Fact]
    public async Task A_reader_that_has_gone_is_no_fault_to_talk_about()
    {
        Terminal.Out = new FailingWriter(new IOException("Broken pipe", 32));
        Assert.Equal(1, await RunAsync("version", "--cli"));
        Assert.Equal("", Error);
    }

    [Fact]
    public async Task Output_that_cannot_be_written_is_a_failure()
    {
        Terminal.Out = new FailingWriter(new IOException("No space left on device"));
        Assert.Equal(1, await RunAsync("version", "--cli"));
        Assert.Equal(" [error] No space left on device\n", Error);
    }

    private sealed class FailingWriter(IOException failure) : StringWriter
    {
        public override void WriteLine(string? value) => throw failure;
    }

    private static string RepositoryFile(string path)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Kontena.sln"))) directory = directory.Parent;
        return Path.Combine(directory?.FullName ?? throw new InvalidOperationException("these tests run inside the repository"), path);
    }
}
