using System.CommandLine;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Features;

/// <summary><c>--grid GRID</c>: another grid than the selected one.</summary>
internal sealed class GridFeature(CommandBody body)
{
    private readonly Option<string?> option = body.Text("--grid", null, "GRID", "Use this grid (default: the selected one, $KONTENA_GRID)");

    /// <summary>The option as it was given, for a command that is to follow this one.</summary>
    public IEnumerable<string> Given(CommandRun run) => run.Value(option) is { } grid ? ["--grid", grid] : [];

    /// <summary>Fails, with the remedy, when no grid is chosen in any way.</summary>
    public string Of(CommandRun run)
    {
        run.Session.RequireMaster();
        return run.Session.RequireGrid(run.Value(option));
    }
}
