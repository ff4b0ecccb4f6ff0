using System.Collections.Immutable;
using Kontena.State.Documents;

namespace Kontena.Scheduler.Snapshots;

/// <summary>The documents of a table by their <see cref="Grouping{T}"/>. Immutable; moves forward with a few changes at the cost of those.</summary>
internal sealed class Grouped<T>
    where T : class
{
    private static readonly ImmutableSortedDictionary<string, T> None = ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);

    private readonly DocumentKind<T> _kind;
    private readonly Grouping<T> _grouping;
    private readonly ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, T>> _groups;

    private Grouped(DocumentKind<T> kind, Grouping<T> grouping, ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, T>> groups) =>
        (_kind, _grouping, _groups) = (kind, grouping, groups);

    public static Grouped<T> Of(DocumentKind<T> kind, Grouping<T> grouping, IEnumerable<T> documents) => new(kind, grouping, documents
        .Where(one => grouping.KeyOf(one) is not null)
        .GroupBy(one => grouping.KeyOf(one)!, StringComparer.Ordinal)
        .ToImmutableSortedDictionary(group => group.Key, group => None.AddRange(group.Select(one => KeyValuePair.Create(kind.IdOf(one), one))), StringComparer.Ordinal));

    /// <summary>Of the groups that are not empty, in ordinal order.</summary>
    public IEnumerable<string> Keys => _groups.Keys;

    /// <summary>A group in the order of its documents' ids. The same value as long as none of them changes.</summary>
    public IReadOnlyDictionary<string, T> Of(string key) => _groups.GetValueOrDefault(key, None);

    public Grouped<T> After(IEnumerable<(T? Before, T? After)> changes)
    {
        ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, T>>.Builder? groups = null;
        foreach (var (before, after) in changes)
        {
            if (before is not null && _grouping.KeyOf(before) is { } left)
            {
                groups ??= _groups.ToBuilder();
                var rest = groups.GetValueOrDefault(left, None).Remove(_kind.IdOf(before));
                if (rest.IsEmpty)
                    groups.Remove(left);
                else
                    groups[left] = rest;
            }

            if (after is not null && _grouping.KeyOf(after) is { } joined)
            {
                groups ??= _groups.ToBuilder();
                groups[joined] = groups.GetValueOrDefault(joined, None).SetItem(_kind.IdOf(after), after);
            }
        }

        return groups is null ? this : new Grouped<T>(_kind, _grouping, groups.ToImmutable());
    }
}
