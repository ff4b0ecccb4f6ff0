using System.Security.Cryptography;
using System.Text;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Jobs;

namespace Kontena.Scheduler.Deploys;

/// <summary>A deploy of a service that is run once by each of its deploys: begins the run, waits for its end, and ends as it ended. Pure.</summary>
internal static class CompletionPlanner
{
    /// <summary>One id for a deploy, whoever makes it, so that no deploy runs anything twice: 24 hex digits.</summary>
    public static string RunId(string deployId) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"deploy {deployId}")))[..24];

    /// <summary>Whether the deploy is one of these. One whose run goes on stays one, also when the service is changed meanwhile.</summary>
    public static bool IsFor(Service? service, ServiceRun? run) => service is { Spec.RunAtDeploy: true } || run is { DeployId: not null };

    public static RolloutStep Plan(RolloutView view)
    {
        var (deploy, run) = (view.Deploy, view.Run);
        if (run is { State: RunState.Succeeded })
            return End(view, new RolloutEnd(DeployState.Success));
        if (run is not null && ServiceRun.IsEnded(run.State))
            return Fail(view, run.State == RunState.Stopped ? $"{Named(run)} was {run.Reason}" : $"{Named(run)} failed: {run.Reason}");
        if (view.Service is not { RemovedAt: null, State: ServiceState.Running } service)
            return Fail(view, RolloutPlanner.NotRunning, "the stop of its service");
        if (deploy.SupersededBy is { } by)
            return Fail(view, $"superseded by deploy {by} of revision {service.Revision}", $"deploy {by}, which takes the place of its own");
        if (deploy.Cancellation is { } cancellation)
            return Fail(view, $"cancelled by {cancellation.By}: " + (run is null ? "it had not begun" : $"{Named(run)} is stopped"), cancellation.By);
        if (view.Now - (deploy.StartedAt ?? deploy.CreatedAt) > DeployLimits.Deploy)
        {
            var minutes = $"{DeployLimits.Deploy.TotalMinutes:0} minutes";
            return Fail(view, run is null ? $"it could not be run within {minutes}" : $"{Named(run)} did not end within {minutes} and is stopped", "the deadline of its deploy");
        }

        // Nobody asked for it to be run: instances of before, when it still kept some, are taken down.
        if (run is null && deploy.Automatic)
            return End(view, new RolloutEnd(DeployState.Success));
        return run is null
            ? new RolloutStep { Instances = [], Surplus = Surplus(view), Run = New(deploy, service, view.Now) }
            : new RolloutStep { Instances = [], Surplus = Surplus(view), Waiting = DeployLimits.Clip(Doing(run)) };
    }

    private static ServiceRun New(ServiceDeploy deploy, Service service, DateTimeOffset now) => new()
    {
        Id = RunId(deploy.Id),
        Grid = service.Grid,
        Stack = service.Stack,
        Service = service.Name,
        ServiceUid = service.Uid,
        Cause = RunCause.Person,
        DeployId = deploy.Id,
        State = RunState.Waiting,
        // Its node keeps to it while the control plane is away.
        Timeout = (int)DeployLimits.Deploy.TotalSeconds,
        ServiceRevision = service.Revision,
        CreatedAt = now,
    };

    private static RolloutStep Fail(RolloutView view, string reason, string? stoppedBy = null) =>
        End(view, new RolloutEnd(DeployState.Error, DeployLimits.Clip(reason))) with
        {
            Run = stoppedBy is not null && view.Run is { Stop: null } run ? run with { Stop = new RunStop(stoppedBy, view.Now) } : null,
        };

    private static RolloutStep End(RolloutView view, RolloutEnd end) => new()
    {
        Instances = [], Surplus = end.State == DeployState.Success ? Surplus(view) : [], End = end,
    };

    private static IReadOnlyList<Instance> Surplus(RolloutView view) => [.. view.Own.Where(one => one.Desired != DesiredState.Removed)];

    private static string Doing(ServiceRun run) => run switch
    {
        { State: RunState.Waiting } => run.Reason ?? $"{Named(run)} waits for a node",
        { State: RunState.Starting, Reason: { } reason } => $"{Named(run)} is being started: {reason}",
        { State: RunState.Starting } => $"{Named(run)} is being started",
        _ => $"{Named(run)} goes on",
    };

    private static string Named(ServiceRun run) => $"run {run.Id}{(run.Node is null ? "" : $" on {run.Node}")}";
}
