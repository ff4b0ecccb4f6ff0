namespace Kontena.Scheduler.Deploys;

/// <summary>Every bound of a deploy, in one place (runtime.md §0, §2.10).</summary>
internal static class DeployLimits
{
    /// <summary>An instance that is not ready this long after its order, or after the last sign of progress, has failed.</summary>
    public static readonly TimeSpan Instance = TimeSpan.FromSeconds(300);

    /// <summary>Added when the agent itself waits up to <see cref="Instance"/> for a port, so that its own, better text arrives
    /// first.</summary>
    public static readonly TimeSpan PortMargin = TimeSpan.FromSeconds(30);

    /// <summary>No progress stretches an instance's time beyond this.</summary>
    public static readonly TimeSpan InstanceCap = TimeSpan.FromMinutes(25);

    public static readonly TimeSpan Deploy = TimeSpan.FromMinutes(30);

    /// <summary>After a first failure, how long instances already under way may still report.</summary>
    public static readonly TimeSpan Halt = TimeSpan.FromSeconds(30);

    /// <summary>How long a deploy waits for ports and memory of instances that are just leaving.</summary>
    public static readonly TimeSpan Leaving = TimeSpan.FromSeconds(60);

    /// <summary>Instances under way that take no running one down. The agent bounds its own work; this only keeps one deploy from
    /// flooding a queue.</summary>
    public const int Fresh = 64;

    /// <summary>Running instances of one service being replaced at once, however low <c>min_health</c> is.</summary>
    public const int Replacing = 20;

    /// <summary>Finished deploys kept per service, and per stack.</summary>
    public const int Kept = 100;

    /// <summary>Unfinished deploys of one stack; more are refused.</summary>
    public const int StackDeploys = 20;

    /// <summary>Characters of a reason or error that are stored.</summary>
    public const int Text = 4000;

    public static string Clip(string text) => text.Length <= Text ? text : string.Concat(text.AsSpan(0, Text), "…");
}
