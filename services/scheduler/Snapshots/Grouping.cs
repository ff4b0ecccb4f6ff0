namespace Kontena.Scheduler.Snapshots;

/// <summary>What some documents of a kind have in common: a node, a service, a state. Tables keep the groups that were asked for and move them forward.</summary>
/// <param name="keyOf">The group of a document, from its contents alone; null for one that is in none.</param>
internal sealed class Grouping<T>(Func<T, string?> keyOf)
    where T : class
{
    public string? KeyOf(T document) => keyOf(document);
}
