namespace Kontena.Contracts.Services;

/// <summary>What a service was at one of its revisions. Written once by grid-manager, never changed; the newest <see cref="Kept"/> of a service are kept.</summary>
public sealed record ServiceRevision
{
    public const int Kept = 20;

    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public required string Service { get; init; }
    public required string ServiceUid { get; init; }
    public required int Revision { get; init; }
    public required ServiceSpec Spec { get; init; }
    public int? StackRevision { get; init; }

    /// <summary>What made it, for people: <c>created</c>, <c>updated</c>, <c>deploy forced</c>, <c>stack revision 4</c>, <c>rollback to 2</c>.</summary>
    public required string Cause { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    public static string DocumentId(string serviceUid, int revision) => $"{serviceUid}/{revision}";
}

/// <summary>The spec of a service is that of an earlier revision again.</summary>
/// <param name="Revision">The revision that this made; once the service has another one, this is history.</param>
/// <param name="ToRevision">Whose spec it has.</param>
/// <param name="DeployId">The failed deploy that asked for it; null when a person did.</param>
public sealed record ServiceRollback(int Revision, int ToRevision, string? DeployId = null);

/// <summary>To grid-manager: a new revision with the spec of a kept one; the number of instances stays, the service is set running. Refused when that revision is not
/// kept, or something it needs is gone. Answered with <see cref="Commands.CommandResult"/> when asked; the scheduler's is sent.</summary>
public sealed record RollbackService
{
    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public required string Service { get; init; }
    public required int ToRevision { get; init; }

    /// <summary>Only while the service is at this revision; null for whatever it is at.</summary>
    public int? FromRevision { get; init; }

    /// <summary>The failed deploy on whose behalf; null when a person asks.</summary>
    public string? DeployId { get; init; }
}
