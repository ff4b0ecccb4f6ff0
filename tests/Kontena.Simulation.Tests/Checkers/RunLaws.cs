using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Deploys;

namespace Kontena.Simulation.Tests.Checkers;

/// <summary>What is run once is begun once and ends in a condition that is stated; a tick of a schedule is decided once, whoever schedules.</summary>
internal sealed class RunLaws(World world)
{
    private const string Forward = "history only moves forward";

    /// <summary>Longer than a node is tried for (10 minutes), waited for (2), and any run of a good image takes, together.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    private readonly SortedDictionary<string, ServiceRun> _runs = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Uid, DateTimeOffset Tick), string> _ticks = [];
    private readonly HashSet<string> _forgotten = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _decided = new(StringComparer.Ordinal);

    public IEnumerable<ServiceRun> Known => _runs.Values;

    /// <summary>Runs that have ended, skipped ticks too.</summary>
    public long Ended { get; private set; }

    public void Put(ServiceRun now)
    {
        var before = _runs.GetValueOrDefault(now.Id);
        if (_forgotten.Contains(now.Id))
            world.Break("a run is decided once", $"run {now.Id} of {now.Service} had ended, was forgotten, and is there again as {now.State}");
        if (now.Tick is { } tick && !_ticks.TryAdd((now.ServiceUid, tick), now.Id) && _ticks[(now.ServiceUid, tick)] != now.Id)
            world.Break("a tick begins one run", $"the tick of {tick:HH:mm} of {now.Service} has run {_ticks[(now.ServiceUid, tick)]} and run {now.Id}");
        if (before is not null && (ServiceRun.IsEnded(before.State) ? now.State != before.State : now.State < before.State))
            world.Break(Forward, $"run {now.Id} of {now.Service} goes from {before.State} to {now.State}");
        if (now is { State: RunState.Failed or RunState.Stopped or RunState.Skipped, Reason: null or "" })
            world.Break("an error names its cause", $"run {now.Id} of {now.Service} is {now.State} without a reason");
        if (now.State == RunState.Succeeded && (now.ExitCode != 0 || !world.Ground.HasBegun(now.Id)))
            world.Break("what has succeeded has run", $"run {now.Id} of {now.Service} has succeeded, with exit code {now.ExitCode}");
        if (ServiceRun.IsEnded(now.State) && (before is null || !ServiceRun.IsEnded(before.State)))
            Ended++;
        _runs[now.Id] = now;
    }

    public void Put(ScheduleState now)
    {
        if (_decided.TryGetValue(now.ServiceUid, out var before) && now.DecidedUpTo < before)
            world.Break(Forward, $"the schedule of {now.Service} was decided up to {before:HH:mm:ss} and is up to {now.DecidedUpTo:HH:mm:ss}");
        _decided[now.ServiceUid] = now.DecidedUpTo;
    }

    public void Delete(string id)
    {
        if (!_runs.Remove(id, out var run))
            return;
        _forgotten.Add(id);
        if (!ServiceRun.IsEnded(run.State))
            world.Break("a run ends in a condition that is stated", $"run {id} of {run.Service} was deleted as {run.State}");
    }

    /// <summary>A deploy has ended well.</summary>
    public void Completed(ServiceDeploy deploy)
    {
        if (deploy.Automatic || world.State.Services.GetValueOrDefault(Service.DocumentId(deploy.Stack, deploy.Service)) is not { Spec.RunAtDeploy: true } service)
            return;
        // One that began while the service still kept instances has deployed them.
        if (service.Uid == deploy.ServiceUid && deploy.InstanceCount == 0 && _runs.GetValueOrDefault(CompletionPlanner.RunId(deploy.Id))?.State != RunState.Succeeded)
            world.Break("what is to be completed has run to its end", $"deploy {deploy.Id} of {deploy.Service} has ended well without a run that has");
    }

    /// <summary>What should have ended and has not, or runs though it has; null when there is nothing such.</summary>
    public string? Lacking()
    {
        foreach (var (machine, container) in world.Ground.Runs)
        {
            if (_runs.GetValueOrDefault(container.InstanceId) is not { } run || ServiceRun.IsEnded(run.State))
                return $"{container.Spec.Name} runs on {machine.Name}, and its run is over";
        }

        return null;
    }

    /// <summary>A run that goes on without a reason to, long after anything went wrong; null when there is none.</summary>
    public string? Endless() => _runs.Values.FirstOrDefault(run => !ServiceRun.IsEnded(run.State) && !IsMeantTo(run) && world.Now - run.CreatedAt > Longest) is { } endless
        ? $"run {endless.Id} of {endless.Service} is {endless.State} after {(world.Now - endless.CreatedAt).TotalMinutes:0} minutes ({endless.Reason})"
        : null;

    private static bool IsMeantTo(ServiceRun run) => run is { Timeout: null, State: RunState.Running, Instance.Spec: { } spec }
        && spec.Image.StartsWith("never", StringComparison.Ordinal);
}
