using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Masters;

/// <summary><c>kontena master audit-verify</c>: whether the audit log is what was written.</summary>
internal sealed class AuditVerifyCommand : CommandBody
{
    private readonly OutputFeature output;

    public AuditVerifyCommand()
    {
        output = new OutputFeature(this);
    }

    public override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken) =>
        AuditFeature.VerifyAsync(run, "audit_logs/verify", output, cancellationToken);
}
