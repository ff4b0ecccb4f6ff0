using System.Buffers.Binary;
using System.Text;
using Kontena.Core.Names;

namespace Kontena.NodeAgent.Names.Wire;

/// <summary>Writes answers. What does not fit is left out and the answer marked as cut short, so that the client asks again over TCP.</summary>
internal static class DnsReply
{
    /// <summary>Room for any answer over UDP.</summary>
    public const int LargestMessage = ushort.MaxValue;

    /// <summary>Seconds that an answer may be kept: an address may be another container's in the next moment.</summary>
    private const uint Lifetime = 0;
    private const int OptionsLength = 11;
    private const ushort ToQuestion = 0xC000 | DnsQuery.HeaderLength;

    /// <param name="request">What <paramref name="query"/> was read from; a question that could not be read is not repeated.</param>
    /// <param name="turn">Which of several answers comes first: another for each question.</param>
    /// <param name="into">Bounds the answer.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(ReadOnlySpan<byte> request, in DnsQuery query, in NameAnswer answer, string grid, uint turn, Span<byte> into)
    {
        var code = answer.Outcome == NameOutcome.Missing ? DnsCode.NoSuchName : DnsCode.None;
        var at = Begin(request, query, code, authoritative: true, into);
        var most = into.Length - (query.HasOptions ? OptionsLength : 0);
        var (answers, more, cut) = (0, 0, false);
        for (var one = 0; one < answer.Targets.Length && !cut; one++)
        {
            var target = answer.Targets[(int)((one + turn) % (uint)answer.Targets.Length)];
            cut = !TryAddress(into[..most], ref at, null, target.Address);
            answers += cut ? 0 : 1;
        }

        foreach (var pointer in answer.Pointers)
        {
            cut = cut || !TryPointer(into[..most], ref at, pointer);
            answers += cut ? 0 : 1;
        }

        for (var one = 0; one < answer.Services.Length && !cut; one++)
        {
            var (target, port) = answer.Services[(int)((one + turn) % (uint)answer.Services.Length)];
            cut = !TryService(into[..most], ref at, target.OwnName, port);
            answers += cut ? 0 : 1;
        }

        var authority = answers == 0 && !cut && NameResolver.IsOurs(query.Name) && TryAuthority(into[..most], ref at, grid) ? 1 : 0;
        foreach (var (target, _) in answer.Services.DistinctBy(one => one.Target.Row.Key))
            more += !cut && TryAddress(into[..most], ref at, target.OwnName, target.Address) ? 1 : 0;
        return End(query, into, at, answers, authority, more, cut, code);
    }

    /// <summary>Only the code.</summary>
    public static int Write(ReadOnlySpan<byte> request, in DnsQuery query, DnsCode code, Span<byte> into) =>
        End(query, into, Begin(request, query, code, authoritative: false, into), 0, 0, 0, cut: false, code);

    private static int Begin(ReadOnlySpan<byte> request, in DnsQuery query, DnsCode code, bool authoritative, Span<byte> into)
    {
        request[..query.End].CopyTo(into);
        var hasQuestion = query.End > DnsQuery.HeaderLength;
        into[2] = (byte)(0x80 | (request[2] & 0x79) | (authoritative ? 0x04 : 0));
        into[3] = (byte)(0x80 | ((byte)code & 0x0F));
        into[4..DnsQuery.HeaderLength].Clear();
        into[5] = (byte)(hasQuestion ? 1 : 0);
        return query.End;
    }

    private static int End(in DnsQuery query, Span<byte> into, int at, int answers, int authority, int more, bool cut, DnsCode code)
    {
        if (cut)
            into[2] |= 0x02;
        if (query.HasOptions)
        {
            into.Slice(at, OptionsLength).Clear();
            into[at + 2] = (byte)DnsType.Opt;
            BinaryPrimitives.WriteUInt16BigEndian(into[(at + 3)..], DnsQuery.LargestDatagram);
            into[at + 5] = (byte)((byte)code >> 4);
            at += OptionsLength;
            more++;
        }

        BinaryPrimitives.WriteUInt16BigEndian(into[6..], (ushort)answers);
        BinaryPrimitives.WriteUInt16BigEndian(into[8..], (ushort)authority);
        BinaryPrimitives.WriteUInt16BigEndian(into[10..], (ushort)more);
        return at;
    }

    /// <param name="owner">Null: the name that was asked for.</param>
    private static bool TryAddress(Span<byte> into, ref int at, string? owner, uint address)
    {
        var start = at;
        if (!TryOwner(into, ref at, owner) || at + 14 > into.Length)
            return Undo(ref at, start);
        WriteHead(into, ref at, DnsType.A, 4);
        BinaryPrimitives.WriteUInt32BigEndian(into[at..], address);
        at += 4;
        return true;
    }

    private static bool TryPointer(Span<byte> into, ref int at, string name)
    {
        var start = at;
        var length = name.Length + 2;
        if (!TryOwner(into, ref at, null) || at + 10 + length > into.Length)
            return Undo(ref at, start);
        WriteHead(into, ref at, DnsType.Ptr, length);
        WriteName(into, ref at, name);
        return true;
    }

    private static bool TryService(Span<byte> into, ref int at, string name, int port)
    {
        var start = at;
        var length = 6 + name.Length + 2;
        if (!TryOwner(into, ref at, null) || at + 10 + length > into.Length)
            return Undo(ref at, start);
        WriteHead(into, ref at, DnsType.Srv, length);
        // Priority and weight: all the same.
        into.Slice(at, 4).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(into[(at + 4)..], (ushort)port);
        at += 6;
        WriteName(into, ref at, name);
        return true;
    }

    /// <summary>Who says that there is nothing, and that it is not to be kept (RFC 2308 §5).</summary>
    private static bool TryAuthority(Span<byte> into, ref int at, string grid)
    {
        var start = at;
        var server = $"ns.{DomainNames.OfGrid(grid)}";
        const string master = $"hostmaster.{DomainNames.Root}";
        var length = server.Length + 2 + master.Length + 2 + 20;
        if (!TryOwner(into, ref at, DomainNames.Root) || at + 10 + length > into.Length)
            return Undo(ref at, start);
        WriteHead(into, ref at, DnsType.Soa, length);
        WriteName(into, ref at, server);
        WriteName(into, ref at, master);
        foreach (var number in (ReadOnlySpan<uint>)[1, 60, 60, 60, Lifetime])
        {
            BinaryPrimitives.WriteUInt32BigEndian(into[at..], number);
            at += 4;
        }

        return true;
    }

    private static bool TryOwner(Span<byte> into, ref int at, string? owner)
    {
        if (at + (owner is null ? 2 : owner.Length + 2) > into.Length)
            return false;
        if (owner is not null)
        {
            WriteName(into, ref at, owner);
            return true;
        }

        BinaryPrimitives.WriteUInt16BigEndian(into[at..], ToQuestion);
        at += 2;
        return true;
    }

    private static bool Undo(ref int at, int start)
    {
        at = start;
        return false;
    }

    private static void WriteHead(Span<byte> into, ref int at, DnsType type, int length)
    {
        BinaryPrimitives.WriteUInt16BigEndian(into[at..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(into[(at + 2)..], 1);
        BinaryPrimitives.WriteUInt32BigEndian(into[(at + 4)..], Lifetime);
        BinaryPrimitives.WriteUInt16BigEndian(into[(at + 8)..], (ushort)length);
        at += 10;
    }

    private static void WriteName(Span<byte> into, ref int at, string name)
    {
        foreach (var label in name.AsSpan().Split('.'))
        {
            var text = name.AsSpan()[label];
            into[at++] = (byte)text.Length;
            at += Encoding.ASCII.GetBytes(text, into[at..]);
        }

        into[at++] = 0;
    }
}
