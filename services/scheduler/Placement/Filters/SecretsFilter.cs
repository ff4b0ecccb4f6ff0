using Kontena.Contracts.Services;

namespace Kontena.Scheduler.Placement.Filters;

/// <summary>Secrets are sealed for one node; one whose agent is too old to have a key for that can't be given any.</summary>
internal sealed class SecretsFilter : IPlacementFilter
{
    public bool Concerns(ServiceSpec spec) => spec.Secrets.Count > 0;

    public bool Admits(PlacementQuery query, Candidate node) => node.Node.Facts?.VaultKey is not null;

    public Exclusion? Exclude(PlacementQuery query, Candidate node) => Admits(query, node)
        ? null
        : new Exclusion("secrets", "unable to take secrets", "its agent has no key that secrets could be sealed for", $"upgrade the agent of {node.Name}");
}
