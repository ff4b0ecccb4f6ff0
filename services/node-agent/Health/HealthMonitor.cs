using System.Collections.Concurrent;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Registration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Health;

/// <summary>Asks the containers whose services have a <c>health_check</c> or a <c>readiness_check</c>, and tells their workers what
/// they answer (runtime.md §3.11). What follows from it is decided there.</summary>
/// <remarks>A check belongs to one start of one container: another start begins anew. It sleeps between two checks and has no timer of its
/// own. A signal sent to the container changes nothing.</remarks>
internal sealed class HealthMonitor(
    InstanceSupervisor supervisor, OrderBook orders, InstanceTools tools, NodeFactsReader facts, ILogger<HealthMonitor> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<string, Followed> _followed = new(StringComparer.Ordinal);
    private readonly Lock _guard = new();
    private CancellationToken _stopping;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        supervisor.Looked += Follow;
        try
        {
            foreach (var worker in supervisor.Workers)
                Follow(worker);
            await Task.Delay(Timeout.InfiniteTimeSpan, tools.Time, stoppingToken);
        }
        finally
        {
            supervisor.Looked -= Follow;
            foreach (var instanceId in _followed.Keys)
                End(instanceId);
        }
    }

    /// <summary>Begins or ends the checks of an instance after a look at it. Called often, and under the worker's lock.</summary>
    private void Follow(InstanceWorker worker)
    {
        var spec = SpecToCheck(worker, out var start);
        if (_followed.TryGetValue(worker.InstanceId, out var now) ? now.Start == start : start is null)
            return;
        lock (_guard)
        {
            if (_followed.TryGetValue(worker.InstanceId, out now) && now.Start == start)
                return;
            End(worker.InstanceId);
            if (start is null || _stopping.IsCancellationRequested)
                return;
            var end = CancellationTokenSource.CreateLinkedTokenSource(_stopping);
            _followed[worker.InstanceId] = new Followed(start, end);
            if (spec!.HealthCheck is { } health)
                Begin(worker, spec, start, health, isReadiness: false, end.Token);
            if (spec.ReadinessCheck is { } readiness)
                Begin(worker, spec, start, readiness, isReadiness: true, end.Token);
        }
    }

    /// <summary>Only a container of the spec that is wanted now: a predecessor knows nothing of its successor's checks.</summary>
    private InstanceSpec? SpecToCheck(InstanceWorker worker, out Start? start)
    {
        var (seen, memory) = (worker.Candidate, worker.Memory);
        start = null;
        if (seen is not { Running: true } || memory.Ready != Start.Of(seen))
            return null;
        if (orders.Find(worker.InstanceId) is not { Desired: DesiredState.Running, Spec: { } spec } order || !InstanceReconciler.IsCurrent(order, seen, memory))
            return null;
        if (spec.HealthCheck is null && spec.ReadinessCheck is null)
            return null;
        start = Start.Of(seen);
        return spec;
    }

    private void End(string instanceId)
    {
        if (!_followed.TryRemove(instanceId, out var followed))
            return;
        followed.End.Cancel();
        followed.End.Dispose();
    }

    private void Begin(InstanceWorker worker, InstanceSpec spec, Start start, HealthCheckSpec check, bool isReadiness, CancellationToken cancellationToken)
    {
        var course = new CheckCourse
        {
            Check = check,
            StartedAt = start.At ?? tools.Time.GetUtcNow(),
            Retries = check.Retries ?? (isReadiness ? 1 : tools.Options.HealthFailures),
            Strict = !isReadiness,
        };
        _ = Task.Run(() => AskAsync(worker, spec, start, course, isReadiness, cancellationToken), cancellationToken);
    }

    private async Task AskAsync(
        InstanceWorker worker, InstanceSpec spec, Start start, CheckCourse course, bool isReadiness, CancellationToken cancellationToken)
    {
        var probe = new Probe(tools, spec, facts.Last?.PrivateIp);
        try
        {
            while (worker.Candidate is { } seen && Start.Of(seen) == start)
            {
                var before = course;
                var askedAt = tools.Time.GetUtcNow();
                course = course.After(await probe.AskAsync(seen, course.Check, cancellationToken), askedAt);
                if (course.Failures > before.Failures)
                {
                    logger.LogWarning(
                        "{Check} check of {Container} failed ({Failures} of {Limit}): {Reason}",
                        isReadiness ? "Readiness" : "Health", seen.Name, course.Failures, course.Retries, course.Reason);
                }

                worker.OnCheck(course.FindingFor(start), isReadiness);
                await Task.Delay(course.Pause(tools.Time.GetUtcNow()), tools.Time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception error)
        {
            // A mistake of ours: said, and begun anew at the next look.
            logger.LogError(error, "Checking {Instance} broke off", spec.Name);
            if (!cancellationToken.IsCancellationRequested)
                End(worker.InstanceId);
        }
    }

    private sealed record Followed(Start Start, CancellationTokenSource End);
}
