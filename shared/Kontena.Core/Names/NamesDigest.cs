using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Kontena.Contracts.Names;

namespace Kontena.Core.Names;

/// <summary>A number that is equal on both sides exactly when their tables are, and costs one row per changed row.</summary>
/// <param name="Sum">Of the rows' own digests, without carry; the order of rows does not matter.</param>
public readonly record struct NamesDigest(ulong Sum)
{
    public NamesDigest With(NamedInstance row) => new(unchecked(Sum + Of(row)));

    public NamesDigest Without(NamedInstance row) => new(unchecked(Sum - Of(row)));

    /// <summary>16 hex digits.</summary>
    public override string ToString() => Sum.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Equal for rows that say the same.</summary>
    public static ulong Of(NamedInstance row)
    {
        var text = new StringBuilder(160)
            .Append(row.InstanceId).Append('\n').Append(row.NodeId).Append('\n').Append(row.Stack).Append('\n').Append(row.Service).Append('\n')
            .Append(CultureInfo.InvariantCulture, $"{row.Number}\n{(row.Exposed ? 1 : 0)}\n{row.Address}\n{row.Standing}\n");
        // Only where they say something: rows that say nothing of it are the same to those who don't know of it.
        if (row.Private || row.Nameless || row.Links is { Count: > 0 })
            text.Append(CultureInfo.InvariantCulture, $"{(row.Private ? 1 : 0)}{(row.Nameless ? 1 : 0)} {string.Join(' ', row.Links ?? [])}\n");
        if (row.OtherAddresses is { Count: > 0 } others)
            text.Append(CultureInfo.InvariantCulture, $"+ {string.Join(' ', others)}\n");
        foreach (var port in row.Ports)
            text.Append(CultureInfo.InvariantCulture, $"{port.Port}/{port.Protocol}\n");
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()), hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}
