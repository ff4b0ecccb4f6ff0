using System.Buffers.Binary;

namespace Kontena.NodeAgent.Names.Wire;

/// <summary>Kinds of records that are treated by name; any number is a kind.</summary>
internal enum DnsType : ushort
{
    A = 1,
    Soa = 6,
    Ptr = 12,
    Aaaa = 28,
    Srv = 33,
    Opt = 41,
    Any = 255,
}

internal enum DnsCode : byte
{
    None = 0,
    FormatError = 1,
    ServerFailure = 2,
    NoSuchName = 3,
    NotImplemented = 4,
    Refused = 5,

    /// <summary>Of EDNS: its upper bits travel in the OPT record.</summary>
    BadVersion = 16,
}

/// <summary>One question as it came over the wire (RFC 1035 §4.1, RFC 6891). Reading is bounded: names don't point anywhere, and records beyond the few that a
/// question may carry make it malformed.</summary>
internal readonly record struct DnsQuery
{
    public const int HeaderLength = 12;
    public const int MaxName = 255;
    private const int MaxLabel = 63;
    private const int MaxRecords = 16;
    private const ushort Internet = 1;
    private const ushort AnyClass = 255;

    /// <summary>Bytes that every client takes, and that are asked of none to take more than (RFC 9715).</summary>
    public const int PlainSize = 512;
    public const int LargestDatagram = 1232;

    /// <summary>In small letters, without the last dot; empty for the root. A label with a byte that is no letter, digit, <c>-</c> or <c>_</c> makes it none of ours: then
    /// <see cref="IsPlain"/> is false and this is for logs only.</summary>
    public string Name { get; init; }
    public bool IsPlain { get; init; }
    public DnsType Type { get; init; }

    /// <summary>Where the question ends in the message.</summary>
    public int End { get; init; }

    /// <summary>It has an OPT record, so the answer has one.</summary>
    public bool HasOptions { get; init; }

    /// <summary>Bytes that an answer over UDP may have.</summary>
    public int MostBytes { get; init; }

    /// <returns>Null when the message deserves no answer: too short, or an answer itself. Otherwise what is wrong, or <see cref="DnsCode.None"/>.</returns>
    public static DnsCode? Read(ReadOnlySpan<byte> message, out DnsQuery query)
    {
        query = new DnsQuery { Name = "", End = HeaderLength, MostBytes = PlainSize };
        if (message.Length < HeaderLength || (message[2] & 0x80) != 0)
            return null;
        if ((message[2] & 0x78) != 0)
            return DnsCode.NotImplemented;
        if (Number(message, 4) != 1)
            return DnsCode.FormatError;
        Span<char> text = stackalloc char[MaxName];
        if (!TryReadName(message, out var at, text, out var length, out var isPlain) || at + 4 > message.Length)
            return DnsCode.FormatError;
        query = query with
        {
            Name = new string(text[..length]), IsPlain = isPlain, Type = (DnsType)Number(message, at), End = at + 4,
        };
        if (Number(message, at + 2) is not (Internet or AnyClass))
            return DnsCode.Refused;
        return ReadRecords(message, at + 4, ref query);
    }

    private static DnsCode ReadRecords(ReadOnlySpan<byte> message, int at, ref DnsQuery query)
    {
        var records = Number(message, 6) + Number(message, 8) + Number(message, 10);
        if (records > MaxRecords)
            return DnsCode.FormatError;
        var code = DnsCode.None;
        for (var record = 0; record < records; record++)
        {
            if (DnsNames.Skip(message, at) is not { } name || name + 10 > message.Length)
                return DnsCode.FormatError;
            var end = name + 10 + Number(message, name + 8);
            if (end > message.Length)
                return DnsCode.FormatError;
            if ((DnsType)Number(message, name) == DnsType.Opt)
            {
                if (query.HasOptions)
                    return DnsCode.FormatError;
                query = query with { HasOptions = true, MostBytes = Math.Clamp((int)Number(message, name + 2), PlainSize, LargestDatagram) };
                if (message[name + 5] != 0)
                    code = DnsCode.BadVersion;
            }

            at = end;
        }

        return code;
    }

    private static bool TryReadName(ReadOnlySpan<byte> message, out int at, Span<char> text, out int length, out bool isPlain)
    {
        (at, length, isPlain) = (HeaderLength, 0, true);
        while (at < message.Length)
        {
            int label = message[at++];
            if (label == 0)
                return true;
            if (label > MaxLabel || at + label > message.Length || length + label + 1 > MaxName - 1)
                return false;
            if (length > 0)
                text[length++] = '.';
            foreach (var one in message.Slice(at, label))
            {
                var small = one is >= (byte)'A' and <= (byte)'Z' ? (byte)(one | 0x20) : one;
                isPlain &= small is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'_';
                text[length++] = (char)small;
            }

            at += label;
        }

        return false;
    }

    private static ushort Number(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
}
