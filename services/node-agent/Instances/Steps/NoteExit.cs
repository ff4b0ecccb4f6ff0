using Kontena.Contracts.Instances;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Counts an exit that nobody ordered, keeps its reason, and sets when the next start may come.</summary>
internal sealed record NoteExit(ContainerSight Exited) : InstanceStep
{
    public override string Describe() => $"note exit {Exited.ExitCode}";

    public override async Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var memory = context.Memory;
        var finished = Exited.FinishedAt ?? context.Now;
        var uptime = finished - (Exited.StartedAt ?? finished);
        var before = uptime >= Backoff.Settled ? 0 : memory.ExitsInARow;
        var lines = await LastLines.ReadAsync(context.Tools.Engine, Exited.Id, cancellationToken);
        var reason = LastLines.Explain(Exited, lines);
        context.Memory = memory with
        {
            NotedExit = Start.Of(Exited),
            Ready = null,
            Health = null,
            HealthAt = null,
            ExitsInARow = before + 1,
            Restarts = memory.Restarts + 1,
            RetryAt = finished + Backoff.AfterExit(before),
            Error = reason,
        };
        context.Tools.Logger.LogWarning(
            "Instance {Instance} {Reason}; next start in {Delay} s",
            context.Order.Name, reason.Split('\n')[0], Backoff.AfterExit(before).TotalSeconds);
    }
}
