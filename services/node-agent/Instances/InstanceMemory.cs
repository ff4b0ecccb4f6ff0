using Kontena.Contracts.Instances;
using Kontena.Docker;
using Kontena.NodeAgent.Health;

namespace Kontena.NodeAgent.Instances;

/// <summary>What the agent remembers between two looks at an instance. Lost with the process, and found anew by looking.</summary>
internal sealed record InstanceMemory
{
    /// <summary>The order these notes are about; a newer one starts them afresh.</summary>
    public long Generation { get; init; } = -1;

    /// <summary>Restarts under this order, asked for or not.</summary>
    public int Restarts { get; init; }

    /// <summary>Those that nobody asked for.</summary>
    public RestartHistory History { get; init; } = RestartHistory.None;

    /// <summary>Steps that failed in a row.</summary>
    public int FailuresInARow { get; init; }

    /// <summary>Containers under this order that were started beside their predecessor and did not get ready.</summary>
    public int FailedSuccessors { get; init; }

    /// <summary>Not before this.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Why the last step failed; cleared when the container is ready.</summary>
    public string? Error { get; init; }

    /// <summary>The start that was found ready.</summary>
    public Start? Ready { get; init; }

    /// <summary>The start that was found serving.</summary>
    public Start? Served { get; init; }

    /// <summary>The start whose end, wanted or not, is already counted.</summary>
    public Start? NotedExit { get; init; }

    /// <summary>The image of a deploy, once resolved on this node.</summary>
    public ResolvedImage? Image { get; init; }

    /// <summary>What the service's health check said last.</summary>
    public CheckFinding? HealthFinding { get; init; }

    /// <summary>What its readiness check said last.</summary>
    public CheckFinding? ReadinessFinding { get; init; }

    /// <summary>Worth knowing though nothing failed, see <see cref="Contracts.Instances.InstanceObserved.Notice"/>.</summary>
    public string? Notice { get; init; }
}

/// <summary>One start of one container.</summary>
internal sealed record Start(string ContainerId, DateTimeOffset? At)
{
    public static Start Of(ContainerSight seen) => new(seen.Id, seen.StartedAt);
}

/// <summary>What an image name meant on this node when the deploy arrived.</summary>
/// <param name="Pin">The pin of the order it was resolved for.</param>
internal sealed record ResolvedImage(string DeployRev, ImageDetails Details, string? Pin = null)
{
    public bool IsFor(InstanceSpec spec) => DeployRev == spec.DeployRev && Pin == spec.ImagePin;
}
