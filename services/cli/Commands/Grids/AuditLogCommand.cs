using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Grids;

/// <summary><c>kontena grid audit-log</c>: who did what, oldest first.</summary>
internal sealed class AuditLogCommand : CommandBody
{
    private readonly GridFeature grid;
    private readonly Option<string?> lines;
    private readonly OutputFeature output;

    public AuditLogCommand()
    {
        grid = new GridFeature(this);
        lines = Text("--lines", "-l", "N", "How many of the newest, 1 to 3000 (default: 500)");
        output = new OutputFeature(this);
    }

    public override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken) =>
        AuditFeature.ListAsync(run, $"{ApiPaths.Grid(grid.Of(run))}/audit_log", run.Integer(lines, 1), output, cancellationToken);
}
