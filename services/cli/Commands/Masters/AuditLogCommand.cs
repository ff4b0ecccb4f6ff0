using System.CommandLine;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Masters;

/// <summary><c>kontena master audit-log</c>: who did what, oldest first.</summary>
internal sealed class AuditLogCommand : CommandBody
{
    private readonly Option<string?> lines;
    private readonly OutputFeature output;

    public AuditLogCommand()
    {
        lines = Text("--lines", "-l", "N", "How many of the newest, 1 to 3000 (default: 500)");
        output = new OutputFeature(this);
    }

    public override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken) =>
        AuditFeature.ListAsync(run, "audit_logs", run.Integer(lines, 1), output, cancellationToken);
}
