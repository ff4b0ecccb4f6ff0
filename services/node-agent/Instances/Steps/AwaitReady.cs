using Kontena.NodeAgent.Health;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Waits until the container may be counted: its port accepts, or it has stayed up a moment. One with a check may be asked at
/// once, and is counted when that has passed.</summary>
internal sealed record AwaitReady : InstanceStep
{
    /// <summary>A container without <c>wait_for_port</c> is ready when it is still up after this.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    /// <summary>For <c>wait_for_port</c>, from the start of the container (runtime.md §0).</summary>
    public static readonly TimeSpan PortDeadline = TimeSpan.FromSeconds(300);

    public override string Describe() => "wait until it is ready";

    public override bool Interruptible => true;

    public override TimeSpan Deadline(NodeAgentOptions options) => PortDeadline + TimeSpan.FromMinutes(1);

    public override async Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        // Not there or not up any more: the next look decides what that means.
        if (context.Seen is not { Running: true } seen)
            return;
        var startedAt = seen.StartedAt ?? context.Now;
        if (context.Spec.WaitForPort is { } port)
        {
            var host = await HostOfAsync(context, seen, cancellationToken);
            if (!await UntilPortOpens.WaitAsync(host, port, startedAt + PortDeadline, context.Tools.Time, cancellationToken))
            {
                throw new StepFailedException(
                    $"port {port} of container {seen.Name} accepted no connection within {PortDeadline.TotalSeconds:0} s. Check wait_for_port and that the program listens on 0.0.0.0.");
            }
        }
        else if (!Readiness.IsChecked(context.Spec, seen) && startedAt + Settling - context.Now is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left < Settling ? left : Settling, context.Tools.Time, cancellationToken);
            await context.LookAsync(cancellationToken);
            if (context.Seen is not { Running: true } || Start.Of(context.Seen) != Start.Of(seen))
                return;
        }

        // Where a check decides, an error stands until the check has passed.
        var error = Readiness.IsChecked(context.Spec, seen) ? context.Memory.Error : null;
        context.Memory = context.Memory with { Ready = Start.Of(seen), Error = error, RetryAt = null, FailuresInARow = 0 };
    }

    /// <summary>Where this node reaches the container.</summary>
    internal static async Task<string> HostOfAsync(StepContext context, ContainerSight seen, CancellationToken cancellationToken)
    {
        if (context.Spec.Net == "host")
            return "127.0.0.1";
        if (await Probe.AddressAsync(context.Tools.Engine, context.Spec, seen, cancellationToken) is { } address)
            return address;
        throw new StepFailedException($"container {seen.Name} has no address at which its port could be tried", TimeSpan.FromSeconds(1));
    }
}
