using System.Security.Cryptography;
using System.Text;
using Kontena.Contracts.Services;
using Kontena.Docker;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Runs one lifecycle hook (runtime.md §3.10): <c>pre_start</c> in a throw-away container, the others inside the instance's.</summary>
/// <remarks>A failing <c>pre_start</c> keeps the instance from starting; a failing other is written to the instance's log, noticed in what
/// is reported, and passed over. Its output is in the instance's log stream. Each has a time limit.</remarks>
internal sealed record RunHook(ServiceHook Hook) : InstanceStep
{
    private const int MaxOutput = 64 * 1024;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    public override string Describe() => $"run hook {Hook.Name} ({Hook.Type})";

    public override TimeSpan Deadline(NodeAgentOptions options) => LimitOf(options) + TimeSpan.FromMinutes(1);

    private TimeSpan LimitOf(NodeAgentOptions options) => Hook.Timeout is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, 1, 3600)) : options.HookDeadline;

    public static bool AppliesTo(ServiceHook hook, int number) =>
        hook.Instances.Trim() is "*" or ""
        || hook.Instances.Split(',', StringSplitOptions.TrimEntries).Any(part => part == "*" || part == number.ToString());

    /// <summary>How a one-shot hook is remembered: another command under the same name is another hook.</summary>
    public static string MarkOf(ServiceHook hook) =>
        $"{hook.Type}:{hook.Name}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(hook.Cmd)))[..12]}";

    public override async Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (Hook.Oneshot)
        {
            await context.Tools.Orders.MarkHookAsync(context.Order.InstanceId, MarkOf(Hook), cancellationToken);
            context.Order = context.Tools.Orders.Find(context.Order.InstanceId) ?? context.Order;
        }

        var limit = LimitOf(context.Tools.Options);
        using var deadline = new CancellationTokenSource(limit, context.Tools.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var lines = new List<string>();
        try
        {
            var code = Hook.Type == "pre_start" ? await RunAsideAsync(context, lines, both.Token) : await RunInsideAsync(context, lines, both.Token);
            if (code is { } failed and not 0)
                Fail(context, $"ended with code {failed}", lines);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var fate = Hook.Type == "pre_start" ? "and was killed" : "and is left alone; it may still run in the container";
            Fail(context, $"did not end within {limit.TotalSeconds:0} s {fate}. Raise its timeout if it needs longer", lines);
        }
        catch (EngineException error)
        {
            Fail(context, $"could not run: {error.Message}", lines);
        }
    }

    /// <summary>The exit code; null when there is nothing to run it in.</summary>
    private async Task<int?> RunInsideAsync(StepContext context, List<string> lines, CancellationToken cancellationToken)
    {
        if (context.Seen is not { Running: true } seen)
            return null;
        var output = new StringBuilder();
        try
        {
            await using var session = await context.Tools.Engine.ExecAsync(
                seen.Id, new ExecConfig { Cmd = ["/bin/sh", "-c", Hook.Cmd] }, cancellationToken);
            await foreach (var chunk in session.OutputAsync(cancellationToken))
            {
                if (output.Length < MaxOutput)
                    output.Append(Encoding.UTF8.GetString(chunk.Bytes.Span));
            }

            return await session.ExitCodeAsync(cancellationToken);
        }
        finally
        {
            lines.AddRange(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Tell(context, seen.Id, lines);
        }
    }

    private async Task<int> RunAsideAsync(StepContext context, List<string> lines, CancellationToken cancellationToken)
    {
        var engine = context.Tools.Engine;
        var config = await CreateContainer.ConfigOfAsync(context, cancellationToken);
        config = ContainerBlueprint.OfHook(config, context.Order.InstanceId, context.Spec, Hook.Cmd);
        var name = $"{context.Order.Name}-{Hook.Type.Replace('_', '-')}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3))}";
        var created = await engine.CreateContainerAsync(name, config, cancellationToken);
        try
        {
            await engine.StartContainerAsync(created.Id, cancellationToken);
            var seen = await engine.InspectContainerAsync(created.Id, cancellationToken);
            if (seen is { Running: true } && ContainerSight.Of(seen).Address is { } address)
                context.HookRuns(address);
            while (seen is { Running: true })
            {
                await Task.Delay(Poll, context.Tools.Time, cancellationToken);
                seen = await engine.InspectContainerAsync(created.Id, cancellationToken);
            }

            return seen?.ExitCode ?? -1;
        }
        finally
        {
            context.HookRuns(null);
            // Also of one that is ended here: its last lines are the best hint at what it hangs on.
            using var last = new CancellationTokenSource(TimeSpan.FromSeconds(30), context.Tools.Time);
            try
            {
                lines.AddRange(await LastLines.ReadAsync(engine, created.Id, last.Token));
                Tell(context, created.Id, lines);
            }
            finally
            {
                await engine.RemoveContainerAsync(created.Id, force: true, anonymousVolumes: true, last.Token);
            }
        }
    }

    private void Fail(StepContext context, string what, IReadOnlyList<string> lines)
    {
        var last = LastLines.Bound(lines);
        var reason = $"hook {Hook.Name} ({Hook.Type}) {what}" + (last.Count == 0 ? "" : $"; its last lines:\n{string.Join('\n', last)}");
        if (Hook.Type == "pre_start")
            throw new StepFailedException(reason);
        context.Memory = context.Memory with { Notice = reason };
        context.Tools.Logger.LogWarning("Instance {Instance}: {Reason}", context.Order.Name, reason);
        Tell(context, context.Seen?.Id ?? "", [$"hook {Hook.Name} ({Hook.Type}) {what}"]);
    }

    private static void Tell(StepContext context, string containerId, IEnumerable<string> lines)
    {
        foreach (var line in lines.Take(200))
            context.Tools.HookOutput.Add(context.Spec, context.Order.InstanceId, containerId, context.Now, "stdout", line);
    }
}
