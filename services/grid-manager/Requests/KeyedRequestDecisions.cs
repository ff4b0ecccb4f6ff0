using Kontena.Contracts.Commands;
using Kontena.Contracts.Requests;
using Kontena.GridManager.Decisions;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Requests;

/// <summary>Whether a request with an <c>Idempotency-Key</c> is new, and what was answered to one that is not.</summary>
internal static class KeyedRequestDecisions
{
    /// <summary>Of one caller within a day.</summary>
    public const int MostKept = 2000;

    /// <summary>A request takes no longer; one that has no answer by then will have none.</summary>
    public static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(60);

    /// <param name="kept">All of the owner.</param>
    /// <param name="answer">Of this request, when there is one.</param>
    /// <param name="isOfUser">Whoever sent it is a user: of one who was removed since they were let in nothing would take away what is kept.</param>
    /// <param name="command">The request.</param>
    /// <param name="now">When it came.</param>
    public static Decision<KeyedRequestBegun> Begin(
        IReadOnlyList<Versioned<KeyedRequest>> kept, KeyedAnswer? answer, bool isOfUser, BeginKeyedRequest command, DateTimeOffset now)
    {
        if (!isOfUser)
            return new(new KeyedRequestBegun(KeyedRequestStanding.NoUser), null, []);
        var over = kept.Where(one => one.Value.BegunAt + KeyedRequest.Life <= now).ToList();
        if (kept.Except(over).FirstOrDefault(one => one.Value.Id == command.Id) is { } found)
            return new(StandingOf(found.Value, answer, command, now), null, []);
        if (kept.Count - over.Count >= MostKept)
            return new(new KeyedRequestBegun(KeyedRequestStanding.Full), null, []);

        var batch = new CommitBatch(StateKeys.System);
        // The caller's next request clears away what is over: one whose key comes again after a day is another request.
        foreach (var one in over.Where(one => one.Value.Id != command.Id))
            batch.Delete(StateKeys.KeyedRequest, one.Value.Id, one.Version).Delete(StateKeys.KeyedAnswer, one.Value.Id, CommitBatch.AnyVersion);
        var again = over.FirstOrDefault(one => one.Value.Id == command.Id);
        if (again is not null)
            batch.Delete(StateKeys.KeyedAnswer, command.Id, CommitBatch.AnyVersion);
        batch.Put(StateKeys.KeyedRequest, new KeyedRequest
        {
            Id = command.Id, Owner = command.Owner, Fingerprint = command.Fingerprint, Attempt = command.Attempt, BegunAt = now,
        }, again?.Version ?? 0);
        return new(new KeyedRequestBegun(KeyedRequestStanding.Begun), batch, []);
    }

    public static Decision<CommandResult> End(Versioned<KeyedRequest>? found, EndKeyedRequest command)
    {
        // Another sending's, after a day: it is not this one's to end.
        if (found is not { Value: { Status: null } request } || request.Attempt != command.Attempt)
            return Decision.Unchanged();
        var batch = new CommitBatch(StateKeys.System);
        if (command.Status is not { } status)
            return new(CommandResult.Done(), batch.Delete(StateKeys.KeyedRequest, request.Id, found.Version), []);
        batch.Put(StateKeys.KeyedRequest, request with { Status = status }, found.Version);
        batch.Put(StateKeys.KeyedAnswer, new KeyedAnswer
        {
            Id = request.Id, ContentType = command.ContentType, Body = command.Body is { Length: <= KeyedAnswer.LongestBody } body ? body : null,
        }, CommitBatch.AnyVersion);
        return new(CommandResult.Done(), batch, []);
    }

    private static KeyedRequestBegun StandingOf(KeyedRequest found, KeyedAnswer? answer, BeginKeyedRequest command, DateTimeOffset now)
    {
        if (found.Fingerprint != command.Fingerprint)
            return new(KeyedRequestStanding.Different);
        if (found.Status is { } status)
            return new(KeyedRequestStanding.Answered, status, answer is { Body: null } ? null : answer);
        if (found.Attempt == command.Attempt)
            return new(KeyedRequestStanding.Begun);
        return new(now - found.BegunAt < LongestRun ? KeyedRequestStanding.Running : KeyedRequestStanding.Lost);
    }
}
