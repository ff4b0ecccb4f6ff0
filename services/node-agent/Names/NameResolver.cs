using System.Collections.Immutable;
using System.Globalization;
using Kontena.Contracts.Names;
using Kontena.Core.Names;
using Kontena.NodeAgent.Names.Wire;

namespace Kontena.NodeAgent.Names;

/// <summary>What is answered to a question about the grid's names (runtime.md §3.14). Pure.</summary>
internal static class NameResolver
{
    private const string RootSuffix = "." + DomainNames.Root;
    private const string ReverseSuffix = ".in-addr.arpa";

    /// <param name="asker">Null when it is none of the node's containers.</param>
    /// <param name="fromHost">It is the host itself that asks, which reaches everything: it has the containers.</param>
    /// <param name="block">Of the grid's addresses: who has one of them is ours to say, and nobody else knows.</param>
    /// <returns>Null when it is not about the grid: others have to be asked.</returns>
    public static NameAnswer? Answer(NamesView view, NameAsker? asker, System.Net.IPNetwork? block, string name, DnsType type, bool fromHost = false)
    {
        bool Reaches(NamedInstance row) => fromHost || !row.Private || (asker?.Row is { } from && Reach.Is(from, row));
        if (name.EndsWith(ReverseSuffix, StringComparison.Ordinal))
            return ReverseOf(view.Table, Reaches, block, name, type);
        if (name.StartsWith('_'))
            return ServicesOf(view, asker, Reaches, name, type);
        var alias = AliasOf(view, asker, name);
        if (Find(view, asker, Reaches, name, alias) is { } entry)
            return type is DnsType.A or DnsType.Any ? NameAnswer.Addresses(entry.Best)
                : type == DnsType.Srv ? SrvOf(entry.Best, port: null, protocol: null)
                : NameAnswer.Empty;
        // An alias is a name of ours wherever it is looked for.
        if (alias is not null)
            return NameAnswer.Missing;
        return IsOurs(name) ? view.Table.IsDomain(name) || name == DomainNames.Root ? NameAnswer.Empty : NameAnswer.Missing : null;
    }

    public static bool IsOurs(string name) => name == DomainNames.Root || name.EndsWith(RootSuffix, StringComparison.Ordinal);

    private static NameEntry? Find(NamesView view, NameAsker? asker, Func<NamedInstance, bool> reaches, string name, string? alias)
    {
        NameEntry? At(string full) => view.Table.Find(full)?.For(reaches);
        if (alias is not null)
            return At(alias);
        if (IsOurs(name))
            return At(name);
        // Asked as it was written, by a resolver that did not try its search list first.
        foreach (var domain in asker?.Search ?? [])
        {
            if (At($"{name}.{domain}") is { } found)
                return found;
        }

        return At($"{name}.{DomainNames.OfGrid(view.Table.Grid)}");
    }

    /// <summary>An alias is looked for before a service of that name, as who wrote it meant it. Whoever can't be told from others has those of its stack.</summary>
    private static string? AliasOf(NamesView view, NameAsker? asker, string name)
    {
        if (asker is null)
            return view.Aliases.GetValueOrDefault(name);
        if (asker.Aliases.Count == 0)
            return null;
        if (asker.Aliases.TryGetValue(name, out var target))
            return target;
        foreach (var domain in asker.Search.Take(1))
        {
            if (name.Length > domain.Length + 1 && name.EndsWith(domain, StringComparison.Ordinal) && name[^(domain.Length + 1)] == '.'
                && asker.Aliases.TryGetValue(name[..^(domain.Length + 1)], out target))
            {
                return target;
            }
        }

        return null;
    }

    /// <summary><c>_8080._tcp.web.shop.prod.kontena.local</c>, or <c>_tcp.web…</c> for all ports of that kind.</summary>
    private static NameAnswer? ServicesOf(NamesView view, NameAsker? asker, Func<NamedInstance, bool> reaches, string name, DnsType type)
    {
        var labels = name.Split('.', 3);
        int? port = null;
        var at = 0;
        if (labels.Length == 3 && int.TryParse(labels[0][1..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            (port, at) = (number, 1);
        var protocol = labels[at] switch { "_tcp" => "tcp", "_udp" => "udp", _ => null };
        var dot = labels[..(at + 1)].Sum(label => label.Length + 1);
        if (protocol is null || dot >= name.Length || Find(view, asker, reaches, name[dot..], AliasOf(view, asker, name[dot..])) is not { } entry)
            return IsOurs(name) ? NameAnswer.Missing : null;
        var found = SrvOf(entry.Best, port, protocol);
        if (found.Services.Length == 0)
            return NameAnswer.Missing;
        return type is DnsType.Srv or DnsType.Any ? found : NameAnswer.Empty;
    }

    private static NameAnswer SrvOf(ImmutableArray<NameTarget> targets, int? port, string? protocol) => new(NameOutcome.Found)
    {
        Services =
        [
            .. from target in targets
               from one in target.Row.Ports
               where (port is null || one.Port == port) && (protocol is null || one.Protocol == protocol)
               select (target, one.Port),
        ],
    };

    private static NameAnswer? ReverseOf(NamesTable table, Func<NamedInstance, bool> reaches, System.Net.IPNetwork? block, string name, DnsType type)
    {
        Span<byte> bytes = stackalloc byte[4];
        var labels = name[..^ReverseSuffix.Length].Split('.');
        if (labels.Length != 4)
            return null;
        for (var at = 0; at < 4; at++)
        {
            if (!byte.TryParse(labels[3 - at], NumberStyles.None, CultureInfo.InvariantCulture, out bytes[at]))
                return null;
        }

        var address = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (table.At(address).RemoveAll(one => !reaches(one.Row)) is { Length: > 0 } owners)
            return type is DnsType.Ptr or DnsType.Any ? new NameAnswer(NameOutcome.Found) { Pointers = [.. owners.Select(one => one.OwnName).Distinct()] } : NameAnswer.Empty;
        return block is { } network && network.Contains(new System.Net.IPAddress(bytes)) ? NameAnswer.Missing : null;
    }
}

/// <summary>The table and what belongs to it: one value, swapped whole.</summary>
/// <param name="Aliases">Full names of services, by aliases in full: <c>alias.stack.grid.kontena.local</c>.</param>
/// <param name="Askers">By address.</param>
internal sealed record NamesView(NamesTable Table, ImmutableDictionary<string, string> Aliases, ImmutableDictionary<uint, NameAsker> Askers);

internal enum NameOutcome
{
    /// <summary>The name is there; there may be nothing of the kind that was asked for.</summary>
    Found,
    Missing,
}

/// <summary>At most one of the lists has something.</summary>
internal readonly record struct NameAnswer(NameOutcome Outcome)
{
    public static readonly NameAnswer Empty = new(NameOutcome.Found);
    public static readonly NameAnswer Missing = new(NameOutcome.Missing);

    public ImmutableArray<NameTarget> Targets { get => field.IsDefault ? [] : field; init; }

    public ImmutableArray<(NameTarget Target, int Port)> Services { get => field.IsDefault ? [] : field; init; }

    public ImmutableArray<string> Pointers { get => field.IsDefault ? [] : field; init; }

    public static NameAnswer Addresses(ImmutableArray<NameTarget> targets) => new(NameOutcome.Found) { Targets = targets };
}
