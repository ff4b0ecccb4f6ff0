namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Counts that a running container is to be restarted for its health, keeps the reason, and sets when.</summary>
internal sealed record NoteUnhealthy(ContainerSight Running, string Reason) : InstanceStep
{
    public override string Describe() => "note that it is unhealthy";

    public override async Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var memory = context.Memory;
        var start = Start.Of(Running);
        // One that was never found ready did no work, however long it ran.
        var uptime = memory.Served == start && Running.StartedAt is { } started ? context.Now - started : TimeSpan.Zero;
        var lines = await LastLines.ReadAsync(context.Tools.Engine, Running.Id, cancellationToken, Running.StartedAt);
        var (history, pause) = memory.History.After(Reason, context.Now, uptime);
        context.Memory = memory with
        {
            NotedExit = start,
            History = history,
            RetryAt = context.Now + pause,
            Error = lines.Count == 0 ? Reason : $"{Reason}; its last lines:\n{string.Join('\n', lines)}",
        };
        RestartNews.Tell(context, memory.History, pause);
    }
}
