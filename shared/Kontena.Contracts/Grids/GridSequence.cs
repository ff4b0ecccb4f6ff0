namespace Kontena.Contracts.Grids;

/// <summary>Put with every decision of grid-manager about a grid, at the version the decision was made from.</summary>
/// <remarks>
/// Rules such as "not while another service links to it" read many documents and change one. Two such decisions made at the same time by two
/// processes would not touch each other's documents; through this one they conflict, and the later decides again. One document per
/// partition, id <c>sequence</c>.
/// </remarks>
public sealed record GridSequence
{
    public required DateTimeOffset ChangedAt { get; init; }
}
