using Kontena.Contracts.Instances;

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
        var lines = await LastLines.ReadAsync(context.Tools.Engine, Exited.Id, cancellationToken, Exited.StartedAt);
        var (history, pause) = memory.History.After(LastLines.Cause(Exited), finished, uptime);
        context.Memory = memory with
        {
            NotedExit = Start.Of(Exited),
            Ready = null,
            History = history,
            Restarts = memory.Restarts + 1,
            RetryAt = finished + pause,
            Error = LastLines.Explain(Exited, lines),
        };
        RestartNews.Tell(context, memory.History, pause);
    }
}
