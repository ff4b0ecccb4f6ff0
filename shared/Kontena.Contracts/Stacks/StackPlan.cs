using Kontena.Contracts.Commands;
using Kontena.Contracts.Placement;
using Kontena.Contracts.Services;

namespace Kontena.Contracts.Stacks;

/// <summary>To grid-manager: what would installing or upgrading the stack with this request change. Answered with <see cref="StackPlanned"/>; nothing is changed.</summary>
public sealed record PlanStack
{
    public required string Grid { get; init; }

    /// <summary>A stack that exists is upgraded, another one is installed under this name.</summary>
    public required string Stack { get; init; }
    public required StackRequest Request { get; init; }
}

public sealed record StackPlanned
{
    /// <summary>Refused with all mistakes of the request, as the change itself would be; then nothing else is said.</summary>
    public required CommandResult Result { get; init; }

    /// <summary>0: the stack does not exist.</summary>
    public int Revision { get; init; }

    /// <summary>The revision that the change would make; the same as <see cref="Revision"/> when the request says nothing new.</summary>
    public int NextRevision { get; init; }

    /// <summary>What differs in the stack itself: version, expose and the like.</summary>
    public IReadOnlyList<FieldChange> Fields { get; init; } = [];

    /// <summary>Those linked to first, then those that leave.</summary>
    public IReadOnlyList<ServiceChange> Services { get; init; } = [];

    /// <summary>To be given back as <see cref="StackRequest.Plan"/>: the change is then refused when it would no longer be this one.</summary>
    public string Token { get; init; } = "";

    /// <summary>What of the grid the plan rests on; the same text from the scheduler means that it looked at the same.</summary>
    public string State { get; init; } = "";
}

/// <param name="Name">Of the service, within its stack.</param>
/// <param name="Change"><c>create</c>, <c>update</c>, <c>start</c> (it is stopped, or was never deployed), <c>none</c> or <c>remove</c>.</param>
/// <param name="Fields">What differs; for a new service, what differs from the defaults.</param>
/// <param name="Spec">What it would be; null when it leaves.</param>
public sealed record ServiceChange(string Name, string Change, IReadOnlyList<FieldChange> Fields, ServiceSpec? Spec);

/// <param name="Field">As in the API, e.g. <c>image</c>; <c>env.KEY</c> for one variable.</param>
/// <param name="Before">At most 200 characters, passwords hidden; null: there was nothing.</param>
/// <param name="After">The same of what would be.</param>
public sealed record FieldChange(string Field, string? Before, string? After);
