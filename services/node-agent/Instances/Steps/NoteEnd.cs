namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Keeps the last lines of a container that was started once and ended in failure, for the report of its end.</summary>
internal sealed record NoteEnd(ContainerSight Ended) : InstanceStep
{
    public override string Describe() => $"note its end with code {Ended.ExitCode}";

    public override async Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var lines = await LastLines.ReadAsync(context.Tools.Engine, Ended.Id, cancellationToken, Ended.StartedAt);
        context.Memory = context.Memory with { NotedExit = Start.Of(Ended), Error = LastLines.Explain(Ended, lines) };
    }
}
