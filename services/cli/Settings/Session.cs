namespace Kontena.Cli.Settings;

/// <summary>Which master, grid and token this invocation uses (cli.md §6.2).</summary>
internal sealed class Session
{
    private readonly CliEnvironment environment;
    private readonly SettingsFile file;

    public Session(CliEnvironment environment)
    {
        this.environment = environment;
        file = new SettingsFile(environment);
        Settings = file.Load();
        Master = Select();
    }

    public ClientSettings Settings { get; }

    /// <summary>Null when none is selected.</summary>
    public MasterEntry? Master { get; private set; }

    public bool FromEnvironment => environment.Text("KONTENA_URL") is not null;

    /// <summary>The environment's token replaces the stored one.</summary>
    public string? Token => environment.Text("KONTENA_TOKEN") ?? Master?.Token;

    /// <summary>The environment's grid, else the one chosen with <c>grid use</c>.</summary>
    public string? Grid => environment.Text("KONTENA_GRID") ?? (string.IsNullOrEmpty(Master?.Grid) ? null : Master.Grid);

    public MasterEntry RequireMaster() => Master ?? throw new CliException(
        "You are not logged into a Kontena Master. Use: kontena master login",
        remedy: Settings.Servers.Count == 0
            ? "Example: kontena master login --token TOKEN http://localhost:9292"
            : $"Known masters: {string.Join(", ", Settings.Servers.Select(server => server.Name))}. Use: kontena master use NAME");

    public string RequireGrid(string? option) => option ?? Grid ?? throw new CliException(
        "You have not selected a grid. Use: kontena grid use NAME, or give --grid NAME",
        remedy: "The grids there are: kontena grid ls");

    public void Save() => file.Save(Settings);

    public void UseMaster(MasterEntry? entry)
    {
        Settings.CurrentServer = entry?.Name;
        Master = entry;
    }

    private MasterEntry? Select()
    {
        if (environment.Text("KONTENA_URL") is { } url)
        {
            return Settings.Servers.Find(server => server.Url.TrimEnd('/') == url.TrimEnd('/'))
                ?? new MasterEntry { Name = environment.Text("KONTENA_MASTER") ?? "default", Url = url };
        }

        if (environment.Text("KONTENA_MASTER") is { } name)
        {
            return Settings.Find(name) ?? throw new CliException(
                $"Master {name} (from KONTENA_MASTER) was not found in configuration",
                remedy: "The masters there are: kontena master ls");
        }

        return Settings.Find(Settings.CurrentServer);
    }
}
