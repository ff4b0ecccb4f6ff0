namespace Kontena.NodeAgent.Names;

/// <summary>The container that asks: its links are names that nobody else has.</summary>
/// <param name="Search">Domains in which its short names are looked for, the first first.</param>
/// <param name="Aliases">Full names of services, by the alias it has for them.</param>
internal sealed record NameAsker(string InstanceId, IReadOnlyList<string> Search, IReadOnlyDictionary<string, string> Aliases);
