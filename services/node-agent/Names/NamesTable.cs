using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using Kontena.Contracts.Names;
using Kontena.Core.Names;

namespace Kontena.NodeAgent.Names;

/// <summary>All names of a grid and where they lead. Immutable: a change makes another, at the cost of the names it touches.</summary>
internal sealed class NamesTable
{
    private readonly string _grid;
    private readonly ImmutableDictionary<string, NameEntry> _names;
    private readonly ImmutableDictionary<uint, ImmutableArray<NameTarget>> _addresses;

    /// <summary>Names that only have others below them, with the number of those.</summary>
    private readonly ImmutableDictionary<string, int> _domains;

    private NamesTable(
        string grid, ImmutableDictionary<string, NameEntry> names, ImmutableDictionary<uint, ImmutableArray<NameTarget>> addresses, ImmutableDictionary<string, int> domains) =>
        (_grid, _names, _addresses, _domains) = (grid, names, addresses, domains);

    public static NamesTable Of(string grid) => new(
        grid,
        ImmutableDictionary.Create<string, NameEntry>(StringComparer.Ordinal),
        ImmutableDictionary<uint, ImmutableArray<NameTarget>>.Empty,
        ImmutableDictionary.Create<string, int>(StringComparer.Ordinal));

    public string Grid => _grid;

    /// <summary>Names that lead to an address.</summary>
    public int Count => _names.Count;

    /// <param name="name">In full, small letters.</param>
    public NameEntry? Find(string name) => _names.GetValueOrDefault(name);

    /// <summary>Whether there are names below it.</summary>
    public bool IsDomain(string name) => _domains.ContainsKey(name);

    /// <summary>Who has the address, the best first; empty when nobody has.</summary>
    public ImmutableArray<NameTarget> At(uint address) => _addresses.GetValueOrDefault(address, []);

    /// <param name="changes">Each from a row that was put in before to one that takes its place; either may be null.</param>
    public NamesTable After(IEnumerable<(NamedInstance? Before, NamedInstance? After)> changes)
    {
        var (names, addresses, domains) = (_names.ToBuilder(), _addresses.ToBuilder(), _domains.ToBuilder());
        foreach (var (before, after) in changes)
        {
            if (before is not null)
                Remove(before, names, addresses, domains);
            if (after is not null)
                Add(after, names, addresses, domains);
        }

        return new NamesTable(_grid, names.ToImmutable(), addresses.ToImmutable(), domains.ToImmutable());
    }

    private IReadOnlyList<string> NamesOf(NamedInstance row) => DomainNames.OfInstance(_grid, row.Stack, row.Service, row.Number, row.Exposed);

    private void Add(
        NamedInstance row, ImmutableDictionary<string, NameEntry>.Builder names, ImmutableDictionary<uint, ImmutableArray<NameTarget>>.Builder addresses,
        ImmutableDictionary<string, int>.Builder domains)
    {
        if (row.Nameless || NameTarget.Of(row, NamesOf(row)) is not { } target)
            return;
        foreach (var name in target.Names)
        {
            if (!names.TryGetValue(name, out var entry))
                CountBelow(domains, name, 1);
            names[name] = (entry ?? NameEntry.Empty).With(target);
        }

        addresses[target.Address] = [.. addresses.GetValueOrDefault(target.Address, []).Append(target).OrderByDescending(one => one.Row.Standing)];
    }

    private void Remove(
        NamedInstance row, ImmutableDictionary<string, NameEntry>.Builder names, ImmutableDictionary<uint, ImmutableArray<NameTarget>>.Builder addresses,
        ImmutableDictionary<string, int>.Builder domains)
    {
        if (row.Nameless || NameTarget.Of(row, NamesOf(row)) is not { } target)
            return;
        foreach (var name in target.Names)
        {
            if (names.GetValueOrDefault(name)?.Without(row.Key) is not { } left)
                continue;
            if (left.All.Length > 0)
            {
                names[name] = left;
                continue;
            }

            names.Remove(name);
            CountBelow(domains, name, -1);
        }

        var others = addresses.GetValueOrDefault(target.Address, []).RemoveAll(one => one.Row.Key == row.Key);
        if (others.Length == 0)
            addresses.Remove(target.Address);
        else
            addresses[target.Address] = others;
    }

    private static void CountBelow(ImmutableDictionary<string, int>.Builder domains, string name, int by)
    {
        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            var domain = name[(dot + 1)..];
            if (domains.GetValueOrDefault(domain) + by is > 0 and var count)
                domains[domain] = count;
            else
                domains.Remove(domain);
        }
    }
}

/// <summary>Where a name leads: all, and the best of them, which are answered.</summary>
internal sealed class NameEntry(ImmutableArray<NameTarget> all)
{
    public static readonly NameEntry Empty = new([]);

    public ImmutableArray<NameTarget> All => all;

    /// <summary>Those of the best standing that there is, in an order that is the same everywhere.</summary>
    public ImmutableArray<NameTarget> Best { get; } = BestOf(all);

    private readonly bool _hasPrivate = all.Any(one => one.Row.Private);

    /// <summary>What of it somebody may know of: who can't be reached is not answered either.</summary>
    /// <returns>Null when that is nothing.</returns>
    public NameEntry? For(Func<NamedInstance, bool> reaches)
    {
        if (!_hasPrivate)
            return this;
        var left = all.RemoveAll(one => !reaches(one.Row));
        return left.Length == all.Length ? this : left.Length == 0 ? null : new NameEntry(left);
    }

    public NameEntry With(NameTarget target) => new(all.RemoveAll(one => one.Row.Key == target.Row.Key).Add(target));

    public NameEntry Without(string key) => new(all.RemoveAll(one => one.Row.Key == key));

    private static ImmutableArray<NameTarget> BestOf(ImmutableArray<NameTarget> all)
    {
        if (all.Length == 0)
            return [];
        var best = all.Max(one => one.Row.Standing);
        return [.. all.Where(one => one.Row.Standing == best).OrderBy(one => one.Row.Number).ThenBy(one => one.Address)];
    }
}

/// <param name="Address">As a number.</param>
/// <param name="Names">In full: of the service, of the instance alone, and what they are also called.</param>
internal sealed record NameTarget(NamedInstance Row, uint Address, IReadOnlyList<string> Names)
{
    /// <summary>The name that leads to this instance only.</summary>
    public string OwnName => Names[1];

    /// <returns>Null when the address is none.</returns>
    public static NameTarget? Of(NamedInstance row, IReadOnlyList<string> names) => NumberOf(row.Address) is { } address ? new NameTarget(row, address, names) : null;

    /// <returns>Null when it is no IPv4 address.</returns>
    public static uint? NumberOf(string text)
    {
        Span<byte> bytes = stackalloc byte[4];
        return IPAddress.TryParse(text, out var address) && address.TryWriteBytes(bytes, out var written) && written == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : null;
    }
}
