using System.Buffers.Binary;
using System.Collections.Concurrent;
using Kontena.NodeAgent.Names.Wire;

namespace Kontena.NodeAgent.Names;

/// <summary>Remembers that something is not there, as long as its own servers say (RFC 2308 §5): search lists ask for the same nothing again and again.</summary>
internal sealed class NegativeCache(TimeProvider time)
{
    public const int Most = 2000;

    /// <summary>Seconds.</summary>
    private const uint Longest = 60;

    private readonly ConcurrentDictionary<(string Name, DnsType Type, bool HasOptions), (byte[] Answer, long Until)> _known = new();

    /// <returns>What was answered, with the id and the spelling of this question.</returns>
    public byte[]? Find(ReadOnlySpan<byte> request, in DnsQuery query)
    {
        var key = (query.Name, query.Type, query.HasOptions);
        if (!query.IsPlain || !_known.TryGetValue(key, out var known))
            return null;
        if (known.Until < time.GetTimestamp())
        {
            _known.TryRemove(new(key, known));
            return null;
        }

        var answer = (byte[])known.Answer.Clone();
        request[..2].CopyTo(answer);
        request[DnsQuery.HeaderLength..query.End].CopyTo(answer.AsSpan(DnsQuery.HeaderLength));
        return answer;
    }

    public void Note(byte[] answer, in DnsQuery query)
    {
        if (!query.IsPlain || LifetimeOf(answer, query) is not { } seconds || seconds == 0)
            return;
        if (_known.Count >= Most)
            _known.Clear();
        _known[(query.Name, query.Type, query.HasOptions)] = ((byte[])answer.Clone(), time.GetTimestamp() + (seconds * time.TimestampFrequency));
    }

    /// <summary>Seconds; null when it is no such answer, or says nothing of its time.</summary>
    private static uint? LifetimeOf(ReadOnlySpan<byte> answer, in DnsQuery query)
    {
        var code = answer.Length >= query.End ? answer[3] & 0x0F : -1;
        var cut = answer.Length >= query.End && (answer[2] & 0x02) != 0;
        if (cut || code is not ((int)DnsCode.None or (int)DnsCode.NoSuchName) || Number(answer, 4) != 1 || Number(answer, 6) != 0)
            return null;
        var at = query.End;
        for (var record = Number(answer, 8); record > 0; record--)
        {
            if (DnsNames.Skip(answer, at) is not { } head || head + 10 > answer.Length)
                return null;
            var end = head + 10 + Number(answer, head + 8);
            if (end > answer.Length)
                return null;
            if ((DnsType)Number(answer, head) == DnsType.Soa && end - head >= 10 + 22)
            {
                var lifetime = BinaryPrimitives.ReadUInt32BigEndian(answer[(head + 4)..]);
                var least = BinaryPrimitives.ReadUInt32BigEndian(answer[(end - 4)..]);
                return Math.Min(Longest, Math.Min(lifetime, least));
            }

            at = end;
        }

        return null;
    }

    private static ushort Number(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
}
