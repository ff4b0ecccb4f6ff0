using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Tells of a restart: in the agent's log each time, in the instance's own when it becomes a crash loop.</summary>
internal static class RestartNews
{
    /// <param name="before">The history without this restart.</param>
    public static void Tell(StepContext context, RestartHistory before, TimeSpan pause)
    {
        var history = context.Memory.History;
        context.Tools.Logger.LogWarning(
            "Instance {Instance} {Reason}; next start in {Delay} s", context.Order.Name, history.Reason, pause.TotalSeconds);
        if (before.IsLooping(context.Now) || !history.IsLooping(context.Now))
            return;
        var text = $"crash-looping: restarted {RestartHistory.LoopSize} times within {(context.Now - history.Recent[0]).TotalSeconds:0} s; "
            + $"the last time it {history.Reason}. It is tried again every {Backoff.Longest.TotalSeconds:0} s";
        context.Tools.Logger.LogWarning("Instance {Instance} is {News}", context.Order.Name, text);
        context.Tools.HookOutput.Add(context.Spec, context.Order.InstanceId, context.Seen?.Id ?? "", context.Now, "stderr", text);
    }
}
