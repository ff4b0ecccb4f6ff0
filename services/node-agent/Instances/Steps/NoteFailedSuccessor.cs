using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Keeps why a successor did not get ready, with its last lines, and sets when another one is tried.</summary>
/// <param name="Kept">What it was to replace, and what runs on.</param>
/// <param name="Reason">Null: it exited.</param>
internal sealed record NoteFailedSuccessor(ContainerSight Successor, ContainerSight Kept, string? Reason) : InstanceStep
{
    public override string Describe() => "note that the successor failed";

    public override async Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var memory = context.Memory;
        var lines = await LastLines.ReadAsync(context.Tools.Engine, Successor.Id, cancellationToken, Successor.StartedAt);
        var text = Reason is null ? LastLines.Explain(Successor, lines)
            : lines.Count == 0 || Reason.Contains('\n', StringComparison.Ordinal) ? Reason
            : $"{Reason}; its last lines:\n{string.Join('\n', lines)}";
        var pause = Backoff.AfterFailure(memory.FailedSuccessors);
        context.Memory = memory with
        {
            FailedSuccessors = memory.FailedSuccessors + 1,
            RetryAt = context.Now + pause,
            Error = $"{text}\n(the container of revision {Kept.ServiceRevision} runs on)",
        };
        context.Tools.Logger.LogWarning(
            "Instance {Instance}: its container of revision {Revision} failed and is removed, that of revision {Kept} runs on; again in {Pause} s: {Reason}",
            context.Order.Name, context.Spec.ServiceRevision, Kept.ServiceRevision, pause.TotalSeconds, Reason ?? LastLines.Cause(Successor));
    }
}
