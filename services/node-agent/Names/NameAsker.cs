using Kontena.Contracts.Names;

namespace Kontena.NodeAgent.Names;

/// <summary>The container that asks: its links are names that nobody else has.</summary>
/// <param name="Search">Domains in which its short names are looked for, the first first.</param>
/// <param name="Aliases">Full names of services, by the alias it has for them.</param>
internal sealed record NameAsker(string InstanceId, IReadOnlyList<string> Search, IReadOnlyDictionary<string, string> Aliases)
{
    /// <summary>What it is in the grid's network, for whom it reaches; null: nobody, as far as private stacks go.</summary>
    public NamedInstance? Row { get; init; }
}
