using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Parsing;
using Kontena.Cli.Settings;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Masters;

/// <summary><c>kontena master login</c> with an access token, or a code that is exchanged for one (cli.md §18.1): checks it, stores it, and chooses a grid.</summary>
internal sealed class LoginCommand : CommandBody
{
    private const string FirstName = "kontena-master";
    private readonly Argument<string?> url;
    private readonly Option<string?> token;
    private readonly Option<string?> code;
    private readonly Option<string?> name;
    private readonly Option<string?> grid;
    private readonly Option<bool> skipGrid;
    private readonly Option<bool> silent;

    public LoginCommand()
    {
        url = Optional("URL", "The master's address, e.g. http://localhost:9292, or the name of a known master");
        token = Text("--token", "-t", "TOKEN", "The access token (default: $KONTENA_TOKEN)");
        code = Text("--code", "-c", "CODE", "A code to exchange, once, for an access token");
        name = Text("--name", "-n", "NAME", "What to call this master here (default: $KONTENA_MASTER)");
        grid = Text("--grid", null, "GRID", "Select this grid");
        skipGrid = Switch("--skip-grid-auto-select", null, "Do not select a grid");
        silent = Switch("--silent", "-s", "Say nothing but errors");
    }

    public override string Notes =>
        "The master prints its token once, at its first start, and keeps it in a file that only its owner can read. The code that it prints beside it is worth something once, for a day.";

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var session = run.Session;
        var (entry, isNew) = Choose(run);
        if (run.Value(code) is { } given)
        {
            if (run.Value(token) is not null) throw new CliException("--code and --token exclude each other: a code is exchanged for a token");
            await ExchangeAsync(given, run, entry, cancellationToken);
        }

        var accessToken = run.Value(token) ?? (run.Value(code) is null ? null : entry.Token) ?? run.Context.Environment.Text("KONTENA_TOKEN") ?? entry.Token
            ?? throw new CliException(
                "This client logs in with an access token and none was given",
                remedy: "Use: kontena master login --token TOKEN URL, or --code CODE. The master printed both at its first start.");

        using var api = new ApiClient(entry, accessToken, run.Context.Environment);
        var user = await api.GetAsync("user", KontenaResponseJson.Default.UserJson, cancellationToken);
        if (accessToken != entry.Token) (entry.RefreshToken, entry.TokenExpiresAt) = (null, null);
        entry.Token = accessToken;
        entry.Username = user.Email;
        if (isNew && !session.Settings.Servers.Contains(entry)) session.Settings.Servers.Add(entry);
        session.UseMaster(entry);
        entry.Grid = await GridAsync(run, api, entry, cancellationToken);
        session.Save();

        if (run.Value(silent)) return Exit.Done;
        run.Out.WriteLine($"Authenticated to Kontena Master {entry.Name} at {entry.Url} as {user.Email}");
        if (entry.Grid is not null) run.Out.WriteLine($"Using grid: {entry.Grid}");
        run.Next(entry.Grid is null ? "kontena grid create NAME" : "kontena stack install kontena.yml");
        return Exit.Done;
    }

    /// <summary>The code is spent when this returns, so what it was exchanged for is kept at once, whatever comes after.</summary>
    private static async Task ExchangeAsync(string code, CommandRun run, MasterEntry entry, CancellationToken cancellationToken)
    {
        using var api = new ApiClient(entry, token: null, run.Context.Environment);
        var made = await api.PostAsync(
            "/oauth2/token", new TokenRequest { GrantType = "authorization_code", Code = code },
            KontenaResponseJson.Default.TokenRequest, KontenaResponseJson.Default.TokenJson, cancellationToken);
        (entry.Token, entry.RefreshToken) = (made.AccessToken, made.RefreshToken);
        entry.TokenExpiresAt = made.ExpiresIn is { } seconds and > 0 ? run.Context.Time.GetUtcNow().ToUnixTimeSeconds() + seconds : null;
        if (!run.Session.Settings.Servers.Contains(entry)) run.Session.Settings.Servers.Add(entry);
        run.Session.Save();
    }

    /// <summary>The entry that the words mean, and whether it is new.</summary>
    private (MasterEntry Entry, bool IsNew) Choose(CommandRun run)
    {
        var session = run.Session;
        var address = run.Value(url);
        var wanted = run.Value(name) ?? run.Context.Environment.Text("KONTENA_MASTER");
        if (address is null)
        {
            if (wanted is null) return (session.RequireMaster(), false);
            return (session.Settings.Find(wanted) ?? throw Unknown(wanted), false);
        }

        if (!address.StartsWith("http", StringComparison.Ordinal) || !address.Contains("://", StringComparison.Ordinal))
            return (session.Settings.Find(address) ?? throw Unknown(address), false);

        address = address.TrimEnd('/');
        var known = wanted is null
            ? session.Settings.Servers.Find(server => server.Url.TrimEnd('/') == address)
            : session.Settings.Find(wanted);
        if (known is null) return (new MasterEntry { Name = wanted ?? session.Settings.UnusedName(FirstName), Url = address }, true);
        if (known.Url.TrimEnd('/') != address) (known.Url, known.Token, known.Grid) = (address, null, null);
        return (known, false);
    }

    private static CliException Unknown(string name) => new(
        $"Master {name} was not found in configuration", remedy: $"Give its address: kontena master login --token TOKEN --name {name} http://HOST:9292");

    /// <summary>The wanted grid, else the one already chosen, else the one with the fewest users.</summary>
    private async Task<string?> GridAsync(CommandRun run, ApiClient api, MasterEntry entry, CancellationToken cancellationToken)
    {
        var wanted = run.Value(grid);
        if (wanted is null && (run.Value(skipGrid) || !string.IsNullOrEmpty(entry.Grid))) return entry.Grid;
        var grids = (await api.GetAsync("grids", KontenaResponseJson.Default.GridsJson, cancellationToken)).Grids;
        if (wanted is null) return grids.OrderBy(item => item.UserCount).FirstOrDefault()?.Name;
        return grids.Any(item => item.Name == wanted)
            ? wanted
            : throw new CliException($"Grid {wanted} was not found on {api.Url}", remedy: $"There are: {string.Join(", ", grids.Select(item => item.Name))}");
    }
}
