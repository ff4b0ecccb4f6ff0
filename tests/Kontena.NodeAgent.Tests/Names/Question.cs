using System.Buffers.Binary;
using System.Text;
using Kontena.Contracts.Names;
using Kontena.NodeAgent.Names.Wire;

namespace Kontena.NodeAgent.Tests.Names;

/// <summary>Questions and answers as bytes, written and read by other code than the product's.</summary>
internal static class Question
{
    public static byte[] Of(string name, DnsType type, ushort id = 0x1234, int? edns = null)
    {
        var message = new MemoryStream();
        Number(message, id);
        Number(message, 0x0100);
        Number(message, 1);
        Number(message, 0);
        Number(message, 0);
        Number(message, edns is null ? 0 : 1);
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            message.WriteByte((byte)label.Length);
            message.Write(Encoding.Latin1.GetBytes(label));
        }

        message.WriteByte(0);
        Number(message, (int)type);
        Number(message, 1);
        if (edns is { } size)
        {
            message.WriteByte(0);
            Number(message, 41);
            Number(message, size);
            message.Write([0, 0, 0, 0, 0, 0]);
        }

        return message.ToArray();
    }

    public static Reply Read(ReadOnlySpan<byte> message)
    {
        var at = 12;
        ReadName(message, ref at);
        at += 4;
        List<Record> records = [];
        var counts = new[] { Number(message, 6), Number(message, 8), Number(message, 10) };
        for (var section = 0; section < 3; section++)
        {
            for (var one = 0; one < counts[section]; one++)
            {
                var name = ReadName(message, ref at);
                var (type, lifetime, length) = (Number(message, at), BinaryPrimitives.ReadUInt32BigEndian(message[(at + 4)..]), Number(message, at + 8));
                at += 10;
                var inside = at;
                var text = type switch
                {
                    1 => string.Join('.', message.Slice(at, 4).ToArray()),
                    12 => ReadName(message, ref inside),
                    33 => $"{Number(message, at + 4)} {ReadServiceTarget(message, at + 6)}",
                    _ => "",
                };
                records.Add(new Record(section, name, type, lifetime, text));
                at += length;
            }
        }

        return new Reply(Number(message, 0), message[3] & 0x0F, (message[2] & 2) != 0, records, at == message.Length);
    }

    public static NamedInstance Row(int number = 1, string service = "web", string stack = "shop", NameStanding standing = NameStanding.Ready, string? address = null, string node = "n1", bool exposed = false) => new()
    {
        InstanceId = $"{stack}.{service}-{number}", NodeId = node, Stack = stack, Service = service, Number = number, Exposed = exposed,
        Address = address ?? $"10.81.{1 + (number / 200)}.{1 + (number % 200)}", Standing = standing, Ports = [new NamedPort(80, "tcp")],
    };

    private static string ReadServiceTarget(ReadOnlySpan<byte> message, int at) => ReadName(message, ref at);

    private static string ReadName(ReadOnlySpan<byte> message, ref int at)
    {
        var labels = new List<string>();
        var (read, end) = (at, -1);
        while (message[read] != 0)
        {
            if (message[read] >= 0xC0)
            {
                if (end < 0)
                    end = read + 2;
                read = Number(message, read) & 0x3FFF;
                continue;
            }

            labels.Add(Encoding.Latin1.GetString(message.Slice(read + 1, message[read])));
            read += message[read] + 1;
        }

        at = end < 0 ? read + 1 : end;
        return string.Join('.', labels);
    }

    private static int Number(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt16BigEndian(message[at..]);

    private static void Number(Stream message, int number) => message.Write([(byte)(number >> 8), (byte)number]);
}

/// <param name="Section">0: answer, 1: authority, 2: more.</param>
internal sealed record Record(int Section, string Name, int Type, uint Lifetime, string Text);

internal sealed record Reply(int Id, int Code, bool IsCut, IReadOnlyList<Record> Records, bool IsWhole)
{
    public IReadOnlyList<string> Answers => [.. Records.Where(one => one.Section == 0).Select(one => one.Text)];
}
