using System.Globalization;
using Kontena.Docker;

namespace Kontena.NodeAgent.Instances;

/// <summary>What the engine last said of an instance's container.</summary>
internal sealed record ContainerSight
{
    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary>The engine's word: <c>created</c>, <c>running</c>, <c>paused</c>, <c>exited</c>, <c>removing</c>, <c>dead</c>, …</summary>
    public required string State { get; init; }
    public bool Running { get; init; }
    public string? InstanceId { get; init; }
    public long Generation { get; init; }
    public string? DeployRev { get; init; }
    public int ServiceRevision { get; init; }
    public int StopGracePeriod { get; init; } = 10;

    public string Stack { get; init; } = "";
    public string Service { get; init; } = "";
    public int Number { get; init; }

    /// <summary>Its anonymous volumes are data.</summary>
    public bool Stateful { get; init; }
    public string Image { get; init; } = "";
    public string ImageId { get; init; } = "";

    /// <summary>What it was made from; null when an older agent made it.</summary>
    public string? ImagePin { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public int ExitCode { get; init; }
    public bool OomKilled { get; init; }
    public int Pid { get; init; }

    /// <summary>The engine's error at the last start; empty when there was none.</summary>
    public string EngineError { get; init; } = "";

    /// <summary>The image's own check: <c>starting</c>, <c>healthy</c>, <c>unhealthy</c>; null where there is none.</summary>
    public string? Health { get; init; }

    /// <summary>When that check ended the last time.</summary>
    public DateTimeOffset? HealthAt { get; init; }

    /// <summary>What it wrote then, in one line.</summary>
    public string? HealthOutput { get; init; }

    /// <summary>On the grid's network, or null.</summary>
    public string? Address { get; init; }

    public static ContainerSight Of(ContainerDetails details)
    {
        var labels = details.Labels;
        return new ContainerSight
        {
            Id = details.Id,
            Name = details.Name.TrimStart('/'),
            State = details.State,
            Running = details.Running,
            InstanceId = labels.GetValueOrDefault(ManagedLabels.InstanceId),
            Generation = NumberOf(labels, ManagedLabels.Generation, 0),
            DeployRev = labels.GetValueOrDefault(ManagedLabels.DeployRev),
            ServiceRevision = (int)NumberOf(labels, ManagedLabels.ServiceRevision, 0),
            StopGracePeriod = (int)NumberOf(labels, ManagedLabels.StopGracePeriod, 10),
            Stack = labels.GetValueOrDefault(ManagedLabels.StackName, ""),
            Service = labels.GetValueOrDefault(ManagedLabels.ServiceName, ""),
            Number = (int)NumberOf(labels, ManagedLabels.InstanceNumber, 0),
            Stateful = labels.GetValueOrDefault(ManagedLabels.Stateful) == "1",
            Image = labels.GetValueOrDefault(ManagedLabels.Image) ?? details.Image,
            ImagePin = labels.GetValueOrDefault(ManagedLabels.ImagePin),
            ImageId = details.ImageId,
            CreatedAt = details.CreatedAt,
            StartedAt = details.StartedAt,
            FinishedAt = details.FinishedAt,
            ExitCode = details.ExitCode,
            OomKilled = details.OomKilled,
            Pid = details.Pid,
            EngineError = details.Error,
            Health = details.Health,
            HealthAt = details.HealthAt,
            HealthOutput = details.HealthOutput,
            Address = details.Addresses.Values.FirstOrDefault(address => address.Length > 0),
        };
    }

    private static long NumberOf(IReadOnlyDictionary<string, string> labels, string key, long otherwise) =>
        long.TryParse(labels.GetValueOrDefault(key), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
