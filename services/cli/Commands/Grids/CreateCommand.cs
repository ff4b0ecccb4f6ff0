using System.CommandLine;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Grids;

/// <summary><c>kontena grid create NAME</c>: makes the grid and selects it.</summary>
internal sealed class CreateCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly Option<string?> initialSize;
    private readonly Option<string?> token;
    private readonly Option<string?> subnet;
    private readonly Option<string?> supernet;
    private readonly Option<string?> blockPrefix;
    private readonly Option<bool> silent;
    private readonly GridOptions options;

    public CreateCommand()
    {
        name = Required("NAME", "The grid's name, at least three characters");
        initialSize = Text("--initial-size", null, "N", "Number of initial nodes (default: 1)");
        token = Text("--token", null, "TOKEN", "The token nodes join with (default: a random one)");
        subnet = Text("--subnet", null, "CIDR", "Overlay subnet (default: 10.81.0.0/16)");
        supernet = Text("--supernet", null, "CIDR", "Overlay supernet (default: 10.80.0.0/12)");
        blockPrefix = Text("--block-prefix", null, "N", "Each node has a /N of the subnet for its containers, 16 to 28 (default: 24)");
        silent = Switch("--silent", null, "Say nothing but errors");
        options = new GridOptions(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var wanted = run.Value(name);
        var request = options.Apply(run, new GridRequest
        {
            Name = wanted,
            InitialSize = run.Integer(initialSize, 1) ?? 1,
            Token = run.Value(token),
            Subnet = run.Value(subnet),
            Supernet = run.Value(supernet),
            BlockPrefix = run.Integer(blockPrefix, 16),
        });
        Task<GridJson> Create() => run.Api.PostAsync(
            "grids", request, KontenaResponseJson.Default.GridRequest, KontenaResponseJson.Default.GridJson, cancellationToken);
        var quiet = run.Value(silent);
        if (!quiet && request.InitialSize == 1) run.Warn("A grid with initial size 1 is for tests and development; use --initial-size 3 for more.");
        var grid = quiet ? await Create() : await run.Progress.RunAsync($"Creating {wanted} grid", _ => Create());
        if (run.Session.Master is { } master) master.Grid = grid.Name;
        run.Session.Save();
        if (!quiet)
        {
            run.Say($"Using grid: {grid.Name}");
            run.Next("kontena node ls, kontena stack install kontena.yml");
        }

        return Exit.Done;
    }
}
