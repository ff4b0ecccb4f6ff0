using Kontena.Docker;

namespace Kontena.Cli.Tests.Support;

/// <summary>Runs the client against a fake master, in a home and a working directory of its own.</summary>
public abstract class CliTest : IAsyncLifetime
{
    private protected FakeMaster Master { get; private set; } = null!;

    private protected FakeTerminal Terminal { get; private set; } = new();

    /// <summary>By default a master, a token and the grid <c>main</c>, as in a pipeline.</summary>
    private protected Dictionary<string, string> Variables { get; } = [];

    private protected string Home { get; } = Directory.CreateTempSubdirectory("kontena-cli-").FullName;

    private protected IContainerEngine? Engine { get; set; }

    private protected TimeSpan AwayLimit { get; set; } = TimeSpan.FromSeconds(30);

    private protected string Out => Terminal.OutText.ReplaceLineEndings("\n");

    private protected string Error => Terminal.ErrorText.ToString().ReplaceLineEndings("\n");

    public virtual async ValueTask InitializeAsync()
    {
        Master = await FakeMaster.StartAsync();
        Variables["KONTENA_URL"] = Master.Url;
        Variables["KONTENA_TOKEN"] = "secret-token";
        Variables["KONTENA_GRID"] = "main";
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Master.DisposeAsync();
        Directory.Delete(Home, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Only the settings file counts from here on.</summary>
    private protected void WithoutVariables() => Variables.Clear();

    private protected Task<int> RunAsync(params string[] words)
    {
        var environment = new CliEnvironment
        {
            Variable = name => Variables.GetValueOrDefault(name), HomeDirectory = Home, WorkingDirectory = Home,
        };
        var context = new CliContext(Terminal, environment, TimeProvider.System) { FirstPoll = TimeSpan.FromMilliseconds(1), AwayLimit = AwayLimit };
        if (Engine is { } engine) context = context with { Engine = () => engine };
        return KontenaCli.RunAsync(words, context);
    }

    /// <summary>Runs with a fresh terminal, for tests of several commands.</summary>
    private protected Task<int> AgainAsync(params string[] words)
    {
        Terminal = new FakeTerminal();
        return RunAsync(words);
    }

    private protected void Write(string file, string text)
    {
        var path = Path.Combine(Home, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
