using Kontena.Contracts.Commands;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Services;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Jobs;

/// <summary>What people ask of runs: checked whole, then noted in the draft. Placing and ordering follow in the same step, by <see cref="RunUpkeep"/>.</summary>
internal static class RunRequests
{
    /// <param name="id">Of the run that will exist: given on arrival, so that a repetition does not start a second one.</param>
    public static CommandResult Start(GridDraft draft, StartRun command, string id, DateTimeOffset now)
    {
        if (draft.Services.Find(Service.DocumentId(command.Stack, command.Service)) is not { RemovedAt: null } service)
            return CommandResult.NotFound($"service {InstanceNames.Path(command.Grid, command.Stack, command.Service)} is not there");
        if (draft.Runs.Find(id) is not null)
            return CommandResult.Done(id);

        var going = draft.Runs.By(Groupings.RunsOfService).Of(service.Uid).Values.Where(run => !ServiceRun.IsEnded(run.State)).ToList();
        var errors = Mistakes(command, service, going).ToList();
        if (errors.Count > 0)
            return CommandResult.Refused(errors);

        if (command.AsScheduled && service.Spec.Schedule!.Concurrency == "replace")
        {
            foreach (var earlier in going.Where(run => run.Cause != RunCause.Person))
                draft.Runs.Put(earlier with { Stop = earlier.Stop ?? new RunStop("the run that replaces it", now) });
        }

        var run = new ServiceRun
        {
            Id = id,
            Grid = draft.Name,
            Stack = service.Stack,
            Service = service.Name,
            ServiceUid = service.Uid,
            Cause = command.AsScheduled ? RunCause.RunNow : RunCause.Person,
            State = RunState.Waiting,
            Cmd = command.Cmd is { Count: > 0 } ? command.Cmd : null,
            Env = command.Env,
            Timeout = command.Timeout,
            Keep = command.Keep,
            ServiceRevision = service.Revision,
            CreatedAt = now,
        };
        draft.Runs.Put(run);
        Schedules.NoteBegun(draft, run);
        return CommandResult.Done(id);
    }

    public static CommandResult Stop(GridDraft draft, StopRun command, DateTimeOffset now)
    {
        if (draft.Runs.Find(command.RunId) is not { } run)
            return CommandResult.NotFound($"grid {command.Grid} has no run {command.RunId}");
        if (!ServiceRun.IsEnded(run.State) && run.Stop is null)
            draft.Runs.Put(run with { Stop = new RunStop(command.By, now) });
        return CommandResult.Done(run.Id);
    }

    private static IEnumerable<FieldError> Mistakes(StartRun command, Service service, List<ServiceRun> going)
    {
        if (command.Timeout is < 1 or > RunLimits.LongestTimeout)
            yield return FieldError.At("timeout", $"Timeout is out of range: from 1 to {RunLimits.LongestTimeout} seconds");
        foreach (var mistake in Words(command.Cmd ?? [], "cmd").Concat(Words(command.Env, "env")))
            yield return mistake;
        for (var at = 0; at < command.Env.Count; at++)
        {
            if (command.Env[at] is { } variable && variable.IndexOf('=', StringComparison.Ordinal) < 1)
                yield return new FieldError(["env", $"[{at}]"], "Env isn't in the right format: KEY=value is expected");
        }

        if (going.Count >= RunLimits.Active)
            yield return new FieldError([], $"{going.Count} runs of {service.Name} go on, at most {RunLimits.Active} may; wait for one to end, or stop one: kontena service run-stop {service.Stack}/{service.Name} ID");
        if (!command.AsScheduled)
            yield break;
        if (command.Cmd is { Count: > 0 } || command.Env.Count > 0 || command.Keep)
            yield return FieldError.At("as_scheduled", "As Scheduled runs what the schedule would: cmd, env and keep can't be given with it");
        if (service.Spec.Schedule is not { } schedule)
            yield return FieldError.At("as_scheduled", $"{service.Name} has no schedule; to run it once: kontena service run");
        else if (schedule.Concurrency == "forbid" && going.Find(run => run.Cause != RunCause.Person) is { } other)
            yield return FieldError.At("as_scheduled", $"run {other.Id} of {service.Name} goes on, and its deploy.concurrency is forbid; wait for its end, or stop it: kontena service run-stop {service.Stack}/{service.Name} {other.Id}");
    }

    private static IEnumerable<FieldError> Words(IReadOnlyList<string> words, string field)
    {
        if (words.Count > RunLimits.Words)
            yield return FieldError.At(field, $"has {words.Count} elements, at most {RunLimits.Words} are possible");
        for (var at = 0; at < words.Count; at++)
        {
            // JSON can put null into a list that has none by type.
            if (words[at] is not { } word)
                yield return new FieldError([field, $"[{at}]"], "can't be nil");
            else if (word.Length > RunLimits.WordLength || word.Contains('\0', StringComparison.Ordinal))
                yield return new FieldError([field, $"[{at}]"], word.Length > RunLimits.WordLength ? "is too long" : "has a null character");
        }
    }
}
