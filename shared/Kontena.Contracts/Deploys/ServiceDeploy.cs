namespace Kontena.Contracts.Deploys;

/// <summary>One attempt to roll a service's revision out. Written by the scheduler; always ends in <see cref="DeployState.Success"/> or <see cref="DeployState.Error"/>.</summary>
public sealed record ServiceDeploy
{
    /// <summary>24 hex digits that sort by creation; the document id.</summary>
    public required string Id { get; init; }
    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public required string Service { get; init; }
    public required string ServiceUid { get; init; }
    public required DeployState State { get; init; }

    /// <summary>Why it failed; never null in state <see cref="DeployState.Error"/>. While it is ongoing, what it waits for, if anything.</summary>
    public string? Reason { get; init; }

    /// <summary>The deploy's own number, e.g. <c>2018-03-12 10:11:12 UTC</c>-like text that grows; instances carry it as <c>deploy_rev</c>.</summary>
    public required string DeployRev { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? QueuedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public int InstanceCount { get; init; }
    public IReadOnlyList<InstanceDeploy> InstanceDeploys { get; init; } = [];

    /// <summary>The stack deploy this is part of, if any.</summary>
    public string? StackDeployId { get; init; }

    /// <summary>Begun by the scheduler itself because instances lagged behind the service, not by a person.</summary>
    public bool Automatic { get; init; }

    /// <summary>Instances whose data can't be reached may be started empty on other nodes.</summary>
    public bool AcceptDataLoss { get; init; }

    /// <summary>The service revision that the latest of its instances got.</summary>
    public int? ServiceRevision { get; init; }

    /// <summary>It ended in error because no node was found; a new automatic attempt waits until one would be.</summary>
    public bool Unplaceable { get; init; }

    /// <summary>Numbers of instances that may not stay where they were before this deploy: rebalancing moves them. Empty: all that may stay, stay.</summary>
    public IReadOnlyList<int> Moves { get => field ?? []; init; } = [];

    /// <summary>The service revision when it began; null until then, and in deploys of before this was kept. A request that finds a newer one supersedes it.</summary>
    public int? FirstRevision { get; init; }

    /// <summary>Somebody asked to end it: instances under way may report for 30 s more, the rest stay as they are. Null: nobody did.</summary>
    public DeployCancellation? Cancellation { get; init; }

    /// <summary>The id of the deploy of a newer revision that took its place; it ends in <see cref="DeployState.Error"/> at once.</summary>
    public string? SupersededBy { get; init; }

    /// <summary>Moves what has lost its node, and touches nothing else: the last rollout was cancelled, and is not to go on by itself.</summary>
    public bool RepairOnly { get; init; }

    /// <summary>The one image that all its instances run; null until the first of them has said what the tag meant, or when nobody can tell.</summary>
    public PinnedImage? Image { get; init; }

    /// <summary>It has failed and brings back an earlier revision before it ends, as the service asks for. Null: it does not.</summary>
    public DeployRollback? Rollback { get; init; }

    /// <summary>The id of the failed deploy that this one makes good; it causes no further rollback. Null for others.</summary>
    public string? RollbackOf { get; init; }
}

/// <param name="Name">As the service names it; the pin is good for this name only.</param>
/// <param name="Pin">As in <see cref="Instances.InstanceSpec.ImagePin"/>.</param>
public sealed record PinnedImage(string Name, string Pin);

/// <param name="ToRevision">The newest revision that was deployed successfully.</param>
/// <param name="Failure">What failed, with the container's last lines.</param>
/// <param name="Since">When it failed; without an answer of grid-manager it ends 60 s later.</param>
/// <param name="AskedAt">When grid-manager was last asked.</param>
/// <param name="DeployId">The deploy that brings it back; null until the revision is there.</param>
public sealed record DeployRollback(int ToRevision, string Failure, DateTimeOffset Since, DateTimeOffset AskedAt, string? DeployId = null);

/// <param name="By">Who asked, as shown in the deploy's reason, e.g. <c>administrator</c>; at most 100 characters.</param>
public sealed record DeployCancellation(string By, DateTimeOffset At);

public sealed record InstanceDeploy
{
    public required int Number { get; init; }

    /// <summary>The node's name; empty while none was found.</summary>
    public required string Node { get; init; }
    public required DeployState State { get; init; }
    public string? Error { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
}

public enum DeployState
{
    Created,
    Ongoing,
    Success,
    Error,
}

/// <summary>The deploy of a whole stack: its services one after another, those linked to first.</summary>
public sealed record StackDeploy
{
    public required string Id { get; init; }
    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public required DeployState State { get; init; }
    public string? Reason { get; init; }

    /// <summary>Service names in the order of their deploys.</summary>
    public required IReadOnlyList<string> Services { get; init; }

    /// <summary>Ids of the service deploys begun so far, in that order.</summary>
    public IReadOnlyList<string> ServiceDeployIds { get; init; } = [];
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Somebody asked to end it: the service deploy under way is cancelled, no further one begins. Null: nobody did.</summary>
    public DeployCancellation? Cancellation { get; init; }
}

/// <summary>To the scheduler shard. Answered with <see cref="Commands.CommandResult"/>, <c>CreatedId</c> = the deploy's id; the deploy then exists in the store.</summary>
public sealed record DeployService
{
    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public required string Service { get; init; }

    /// <summary>See <see cref="ServiceDeploy.AcceptDataLoss"/>.</summary>
    public bool AcceptDataLoss { get; init; }
}

/// <summary>To the scheduler shard, after <see cref="Stacks.ApplyStackRevision"/>.</summary>
public sealed record DeployStack
{
    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public required IReadOnlyList<string> Services { get; init; }
}

/// <summary>
/// To the scheduler shard: end deploys of a service that have not ended. Instances under way finish, those not begun stay as they are. Answered with
/// <see cref="Commands.CommandResult"/>, <c>CreatedId</c> = the id of the cancelled deploy (of two, the one that was ongoing); refused when there is none to cancel.
/// </summary>
public sealed record CancelDeploy
{
    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public required string Service { get; init; }

    /// <summary>Only this one; null for all of the service that have not ended.</summary>
    public string? DeployId { get; init; }

    /// <summary>Who asks, as shown in the reason.</summary>
    public required string By { get; init; }
}

/// <summary>To the scheduler shard: end all deploys of a stack that have not ended. Answered likewise, <c>CreatedId</c> = the id of the oldest of them.</summary>
public sealed record CancelStackDeploy
{
    public required string Grid { get; init; }
    public required string Stack { get; init; }

    /// <summary>Who asks, as shown in the reason.</summary>
    public required string By { get; init; }
}

/// <summary>To the scheduler shard: restart every container of the service in place; no deploy, no change of state.</summary>
public sealed record RestartService
{
    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public required string Service { get; init; }
}

/// <summary>To the scheduler shard: take the instance off its node, so that it is placed anew.</summary>
public sealed record ReleaseInstance
{
    public required string Grid { get; init; }
    public required string InstanceId { get; init; }
}

/// <summary>To a scheduler shard, from every scheduler's timer: look at every grid of the shard, whatever was missed.</summary>
public sealed record SweepShard
{
    public required int Shard { get; init; }
}
