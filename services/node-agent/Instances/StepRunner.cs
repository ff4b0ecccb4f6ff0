using Kontena.Docker;
using Kontena.NodeAgent.Instances.Steps;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Instances;

internal enum StepOutcome
{
    Done,

    /// <summary>Something newer came; nothing is wrong.</summary>
    Interrupted,

    /// <summary>Noted in the memory, with the time of the next attempt.</summary>
    Failed,
}

/// <summary>Runs one step to its end or deadline, and turns what went wrong into notes: what to say, and when to try again.</summary>
internal static class StepRunner
{
    public static readonly TimeSpan EngineAway = TimeSpan.FromSeconds(1);

    /// <summary>Characters of an error: reports are small, whatever an engine or a plugin has to say.</summary>
    private const int MaxError = 4096;

    /// <exception cref="OperationCanceledException">The agent stops.</exception>
    public static async Task<StepOutcome> RunAsync(InstanceStep step, StepContext context, CancellationToken interrupt, CancellationToken stopping)
    {
        var tools = context.Tools;
        var most = step.Deadline(tools.Options);
        using var deadline = new CancellationTokenSource(most, tools.Time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, interrupt, stopping);
        try
        {
            await step.RunAsync(context, any.Token);
            return StepOutcome.Done;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return StepOutcome.Interrupted;
        }
        catch (OperationCanceledException)
        {
            Fail(step, context, $"the engine did not answer within {most.TotalSeconds:0} s");
            context.Stale = true;
        }
        catch (StepFailedException failure)
        {
            if (failure.Again is not { } again)
                Fail(step, context, failure.Message);
            else if (again > TimeSpan.Zero)
                context.Memory = context.Memory with { RetryAt = context.Now + again };
        }
        catch (EngineUnavailableException error)
        {
            // Not the instance's fault: nothing is counted, and everything goes on when the engine is back.
            tools.Logger.LogWarning("Instance {Instance}: {Step} waits for the engine ({Reason})", context.Order.Name, step.Describe(), error.Message);
            context.Memory = context.Memory with { RetryAt = context.Now + EngineAway };
            context.Stale = true;
        }
        catch (EngineException error) when (error.Status == 404 && step is StopContainer or RemoveContainer or RestartContainer)
        {
            context.Stale = true;
        }
        catch (EngineException error)
        {
            Fail(step, context, error.Message);
            context.Stale = true;
        }

        return StepOutcome.Failed;
    }

    private static void Fail(InstanceStep step, StepContext context, string reason)
    {
        var pause = Backoff.AfterFailure(context.Memory.FailuresInARow);
        var text = step is AwaitReady or PullImage or RunHook ? reason : $"could not {step.Describe()}: {reason}";
        context.Memory = context.Memory with
        {
            FailuresInARow = context.Memory.FailuresInARow + 1,
            RetryAt = context.Now + pause,
            Error = text.Length <= MaxError ? text : text[..(MaxError - 1)] + "…",
        };
        context.Tools.Logger.LogWarning(
            "Instance {Instance} could not {Step}: {Reason}; again in {Pause} s", context.Order.Name, step.Describe(), reason, pause.TotalSeconds);
    }
}
