namespace Kontena.Cli;

/// <summary>What the process was started with, as a value, so that tests need no process-wide state.</summary>
internal sealed record CliEnvironment
{
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Holds <c>.kontena_client.json</c> and <c>.kontena/certs</c>.</summary>
    public required string HomeDirectory { get; init; }

    public required string WorkingDirectory { get; init; }

    public static CliEnvironment OfProcess() => new()
    {
        Variable = Environment.GetEnvironmentVariable,
        HomeDirectory = Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home
            ? home
            : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        WorkingDirectory = Environment.CurrentDirectory,
    };

    /// <summary>The variable, or null when it is absent or empty.</summary>
    public string? Text(string name) => Variable(name) is { Length: > 0 } value ? value : null;

    /// <summary><c>1 yes enable on true</c> mean yes (cli.md §1).</summary>
    public bool Flag(string name) => Variable(name)?.ToLowerInvariant() is "1" or "yes" or "enable" or "on" or "true";

    /// <summary>A whole number of seconds, or the default.</summary>
    public TimeSpan Seconds(string name, int otherwise) =>
        TimeSpan.FromSeconds(int.TryParse(Variable(name), out var seconds) && seconds > 0 ? seconds : otherwise);
}
