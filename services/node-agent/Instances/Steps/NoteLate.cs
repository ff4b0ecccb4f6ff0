using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Says that a container was not found ready in time. It goes on being checked: late is better than never.</summary>
internal sealed record NoteLate(ContainerSight Running, string? Reason) : InstanceStep
{
    public override string Describe() => "note that it is not ready in time";

    public override async Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var lines = await LastLines.ReadAsync(context.Tools.Engine, Running.Id, cancellationToken, Running.StartedAt);
        var seconds = (context.Now - (Running.StartedAt ?? context.Now)).TotalSeconds;
        var text = $"not ready {seconds:0} s after its start: {Reason ?? "no check has passed yet"}";
        context.Memory = context.Memory with { Error = lines.Count == 0 ? text : $"{text}; its last lines:\n{string.Join('\n', lines)}" };
        context.Tools.Logger.LogWarning("Instance {Instance} is {Reason}", context.Order.Name, text);
    }
}
