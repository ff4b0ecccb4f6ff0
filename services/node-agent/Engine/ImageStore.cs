using System.Collections.Concurrent;
using Kontena.Contracts.Instances;
using Kontena.Docker;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Instances.Steps;
using Kontena.NodeAgent.Registries;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Engine;

/// <summary>Finds or pulls the image of a deploy, once for all instances of it on this machine (runtime.md §3.5).</summary>
/// <remarks>
/// A new deploy_rev pulls, except an image that is named by digest, or that exists here and never came from a registry.
/// A failed pull falls back to a local copy. A pinned image is pulled only when it is not here. Answers are kept for ten minutes, so the instances of one deploy run one image.
/// </remarks>
internal sealed class ImageStore(
    IContainerEngine engine, MachineLogins machine, RegistryLogins grid, StartGates gates, TimeProvider time, ILogger<ImageStore> logger)
{
    private const int MaxAnswers = 512;
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PullDeadline = TimeSpan.FromMinutes(30);
    private readonly ConcurrentDictionary<(string Image, string DeployRev, string? Pin, string? User), Answer> _answers = new();

    /// <param name="pin">Which image exactly; null for what the tag means now.</param>
    /// <param name="credentials">From the order; null: as the grid, and else this machine, has them for the image's registry.</param>
    /// <param name="instanceId">Whose image it is.</param>
    /// <param name="pulling">Called when it takes a pull, for what is reported meanwhile.</param>
    /// <exception cref="StepFailedException">Neither pulled nor here.</exception>
    public async Task<ImageDetails> ResolveAsync(
        string image, string deployRev, string? pin, RegistryCredentials? credentials, string instanceId, Action pulling, CancellationToken cancellationToken)
    {
        var key = (image, deployRev, pin, credentials?.Username);
        var now = time.GetUtcNow();
        Trim(now);
        var made = new Answer(now, new TaskCompletionSource<ImageDetails>(TaskCreationOptions.RunContinuationsAsynchronously));
        var answer = _answers.GetOrAdd(key, made);
        if (ReferenceEquals(answer, made))
            _ = WorkAsync(key, made, credentials is null ? cancelled => grid.AskAsync(instanceId, cancelled) : _ => Task.FromResult(new GivenLogin(credentials)));
        // Started by whoever came first and independent of him: if his order changes, the others still get their image.
        if (!answer.Result.Task.IsCompleted)
        {
            var first = await Task.WhenAny(answer.Result.Task, answer.Pulling.Task).WaitAsync(cancellationToken);
            if (ReferenceEquals(first, answer.Pulling.Task))
                pulling();
        }

        return await answer.Result.Task.WaitAsync(cancellationToken);
    }

    /// <summary>The image has gone from the machine: ask again next time.</summary>
    public void Forget(string image)
    {
        foreach (var key in _answers.Keys.Where(key => key.Image == image))
            _answers.TryRemove(key, out _);
    }

    private async Task WorkAsync((string Image, string DeployRev, string? Pin, string? User) key, Answer answer, Func<CancellationToken, Task<GivenLogin>> ask)
    {
        using var deadline = new CancellationTokenSource(PullDeadline, time);
        try
        {
            answer.Result.SetResult(
                await FindPinnedAsync(key.Image, key.Pin, ask, answer, deadline.Token)
                ?? await FindOrPullAsync(key.Image, ask, answer, deadline.Token));
        }
        catch (Exception error)
        {
            // Handed to every waiter; not kept, so that the next attempt asks the registry again.
            _answers.TryRemove(new(key, answer));
            answer.Result.SetException(error is OperationCanceledException
                ? new StepFailedException($"image {key.Image} was not pulled within {PullDeadline.TotalMinutes:0} minutes")
                : error);
            _ = answer.Result.Task.Exception;
        }
    }

    /// <summary>Null when there is no pin, or it can't be had: then what is under the name has to do, as for any pull that fails.</summary>
    private async Task<ImageDetails?> FindPinnedAsync(
        string image, string? pin, Func<CancellationToken, Task<GivenLogin>> ask, Answer answer, CancellationToken cancellationToken)
    {
        if (pin is null)
            return null;
        if (await engine.InspectImageAsync(pin, cancellationToken) is { } here)
            return here;
        if (!ImagePins.IsPortable(pin))
            return null;
        answer.Pulling.TrySetResult();
        using var place = await gates.EnterPullAsync(cancellationToken);
        var given = await ask(cancellationToken);
        try
        {
            await engine.PullImageAsync(pin, LoginFor(image, given), progress: null, cancellationToken);
        }
        catch (EngineException error)
        {
            if (await engine.InspectImageAsync(image, cancellationToken) is null)
            {
                throw new StepFailedException(
                    $"image {image} can't be pulled as {pin}, which the other instances run, and is not on this node: {error.Message.TrimEnd('.')}. "
                    + "If the registry does not have it any more, deploy again: the tag is then looked up anew." + Also(given));
            }

            logger.LogWarning("Image {Image} can't be pulled as {Pin} ({Reason}); the copy that is here is used", image, pin, error.Message);
            return await engine.InspectImageAsync(image, cancellationToken);
        }

        return await engine.InspectImageAsync(pin, cancellationToken);
    }

    private RegistryLogin? LoginFor(string image, GivenLogin given) =>
        (given.Login ?? machine.For(image)) is { } login ? new RegistryLogin(login.Server, login.Username, login.Password, login.Email) : null;

    /// <summary>Why a login that there may be was not used.</summary>
    private static string Also(GivenLogin given) => given.Problem is { } problem ? $" And {problem}." : "";

    private async Task<ImageDetails> FindOrPullAsync(string image, Func<CancellationToken, Task<GivenLogin>> ask, Answer answer, CancellationToken cancellationToken)
    {
        var local = await engine.InspectImageAsync(image, cancellationToken);
        if (local is not null && (local.RepoDigests.Count == 0 || image.Contains("@sha256:", StringComparison.Ordinal)))
            return local;
        answer.Pulling.TrySetResult();
        using var place = await gates.EnterPullAsync(cancellationToken);
        var given = await ask(cancellationToken);
        try
        {
            await engine.PullImageAsync(image, LoginFor(image, given), progress: null, cancellationToken);
        }
        catch (EngineException error) when (local is not null)
        {
            logger.LogWarning("Image {Image} can't be pulled ({Reason}); the copy that is here is used", image, error.Message);
            return local;
        }
        catch (EngineException error)
        {
            throw new StepFailedException(
                $"image {image} can't be pulled and is not on this node: {error.Message.TrimEnd('.')}. Check the name, the tag, and the registry's credentials.{Also(given)}");
        }

        return await engine.InspectImageAsync(image, cancellationToken)
            ?? throw new StepFailedException($"image {image} was pulled but is not on this node; was it removed meanwhile?");
    }

    private void Trim(DateTimeOffset now)
    {
        foreach (var (key, answer) in _answers)
        {
            if (answer.Result.Task.IsCompleted && (now - answer.At > Fresh || _answers.Count > MaxAnswers))
                _answers.TryRemove(new(key, answer));
        }
    }

    private sealed record Answer(DateTimeOffset At, TaskCompletionSource<ImageDetails> Result)
    {
        public TaskCompletionSource Pulling { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
