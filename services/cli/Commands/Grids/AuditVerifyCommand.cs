using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Grids;

/// <summary><c>kontena grid audit-verify</c>: whether the audit log is what was written.</summary>
internal sealed class AuditVerifyCommand : CommandBody
{
    private readonly GridFeature grid;
    private readonly OutputFeature output;

    public AuditVerifyCommand()
    {
        grid = new GridFeature(this);
        output = new OutputFeature(this);
    }

    public override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken) =>
        AuditFeature.VerifyAsync(run, $"{ApiPaths.Grid(grid.Of(run))}/audit_log/verify", output, cancellationToken);
}
