using System.Security.Cryptography;
using System.Text;
using Kontena.Contracts.Services;
using Kontena.Docker;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Runs one lifecycle hook (runtime.md §3.10): <c>pre_start</c> in a throw-away container, the others inside the instance's.</summary>
/// <remarks>A failing <c>pre_start</c> keeps the instance from starting; a failing other is written to the instance's log and passed over.
/// Its output is in the instance's log stream. Each has a deadline.</remarks>
internal sealed record RunHook(ServiceHook Hook) : InstanceStep
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    public override string Describe() => $"run hook {Hook.Name} ({Hook.Type})";

    public override TimeSpan Deadline(NodeAgentOptions options) => options.HookDeadline + TimeSpan.FromMinutes(1);

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

        using var deadline = new CancellationTokenSource(context.Tools.Options.HookDeadline, context.Tools.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            if (Hook.Type == "pre_start")
                await RunAsideAsync(context, both.Token);
            else
                await RunInsideAsync(context, both.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            Fail(context, $"hook {Hook.Name} ({Hook.Type}) did not end within {context.Tools.Options.HookDeadline.TotalSeconds:0} s");
        }
        catch (EngineException error)
        {
            Fail(context, $"hook {Hook.Name} ({Hook.Type}) could not run: {error.Message}");
        }
    }

    private async Task RunInsideAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Seen is not { Running: true } seen)
            return;
        await using var session = await context.Tools.Engine.ExecAsync(
            seen.Id, new ExecConfig { Cmd = ["/bin/sh", "-c", Hook.Cmd] }, cancellationToken);
        var output = new StringBuilder();
        await foreach (var chunk in session.OutputAsync(cancellationToken))
        {
            if (output.Length < 64 * 1024)
                output.Append(Encoding.UTF8.GetString(chunk.Bytes.Span));
        }

        var code = await session.ExitCodeAsync(cancellationToken);
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Tell(context, seen.Id, lines);
        if (code != 0)
            Fail(context, Failure(code, lines));
    }

    private async Task RunAsideAsync(StepContext context, CancellationToken cancellationToken)
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
            while (seen is { Running: true })
            {
                await Task.Delay(Poll, context.Tools.Time, cancellationToken);
                seen = await engine.InspectContainerAsync(created.Id, cancellationToken);
            }

            var lines = await LastLines.ReadAsync(engine, created.Id, cancellationToken);
            Tell(context, created.Id, lines);
            if (seen is null || seen.ExitCode != 0)
                Fail(context, Failure(seen?.ExitCode ?? -1, lines));
        }
        finally
        {
            using var last = new CancellationTokenSource(TimeSpan.FromSeconds(30), context.Tools.Time);
            await engine.RemoveContainerAsync(created.Id, force: true, anonymousVolumes: true, last.Token);
        }
    }

    private string Failure(int code, IReadOnlyList<string> lines)
    {
        var last = LastLines.Bound(lines);
        var text = $"hook {Hook.Name} ({Hook.Type}) ended with code {code}";
        return last.Count == 0 ? text : $"{text}; its last lines:\n{string.Join('\n', last)}";
    }

    private void Fail(StepContext context, string reason)
    {
        if (Hook.Type == "pre_start")
            throw new StepFailedException(reason);
        context.Tools.Logger.LogWarning("Instance {Instance}: {Reason}", context.Order.Name, reason);
        Tell(context, context.Seen?.Id ?? "", [reason]);
    }

    private static void Tell(StepContext context, string containerId, IEnumerable<string> lines)
    {
        foreach (var line in lines.Take(200))
            context.Tools.HookOutput.Add(context.Spec, context.Order.InstanceId, containerId, context.Now, "stdout", line);
    }
}
