namespace Kontena.Contracts.Services;

/// <summary>Into the stack <see cref="Service.NoStack"/>; services of stacks are created by their stack.</summary>
public sealed record CreateService
{
    public required string Grid { get; init; }
    public required ServiceRequest Request { get; init; }
}

/// <summary>Only what is given changes. The revision grows when something did, or when forced.</summary>
public sealed record UpdateService
{
    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public required string Service { get; init; }
    public required ServiceRequest Request { get; init; }

    /// <summary>Sets this one variable, <c>KEY=value</c>, in whatever is stored then, instead of taking <see cref="ServiceRequest.Env"/> as the whole.</summary>
    public string? SetEnv { get; init; }

    /// <summary>Takes the variable of this key out, likewise.</summary>
    public string? UnsetEnv { get; init; }
}

/// <summary>Marks the service removed; see <see cref="Service.RemovedAt"/>.</summary>
public sealed record RemoveService
{
    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public required string Service { get; init; }
}

/// <summary>Sets the wanted state before a deploy, start, stop or scale. Deploying itself is <see cref="Deploys.DeployService"/>.</summary>
public sealed record SetServiceState
{
    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public required string Service { get; init; }
    public required ServiceState State { get; init; }

    /// <summary>Also set the number of instances (scale).</summary>
    public int? Instances { get; init; }

    /// <summary>Also grow the revision, so that every container is replaced (forced deploy).</summary>
    public bool BumpRevision { get; init; }
}

/// <summary>The scheduler to grid-manager: no instance of the removed service is left, its document may go.</summary>
public sealed record ServiceTornDown
{
    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public required string Service { get; init; }
    public required string Uid { get; init; }
}
