using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Kontena.Core.Networking;

/// <summary>An IPv4 network, e.g. <c>10.81.0.0/16</c>. Bits behind the prefix are always zero.</summary>
public readonly record struct Ipv4Cidr
{
    private Ipv4Cidr(uint network, int prefix)
    {
        Network = network;
        Prefix = prefix;
    }

    /// <summary>The lowest address as a number.</summary>
    public uint Network { get; }

    /// <summary>0 to 32.</summary>
    public int Prefix { get; }

    /// <summary>Reads <c>a.b.c.d/prefix</c>, or an address alone as a network of one. Bits behind the prefix are dropped.</summary>
    public static bool TryParse(string? text, out Ipv4Cidr cidr)
    {
        cidr = default;
        if (text is null)
            return false;
        var slash = text.IndexOf('/');
        var prefix = 32;
        if (slash >= 0 && !(text.Length - slash is 2 or 3 && text[(slash + 1)..].All(char.IsAsciiDigit)
                && int.TryParse(text.AsSpan(slash + 1), out prefix) && prefix <= 32))
            return false;
        var address = slash < 0 ? text : text[..slash];
        if (address.Count(c => c == '.') != 3 || !IPAddress.TryParse(address, out var ip) || ip.AddressFamily != AddressFamily.InterNetwork)
            return false;
        cidr = new Ipv4Cidr(BinaryPrimitives.ReadUInt32BigEndian(ip.GetAddressBytes()) & MaskOf(prefix), prefix);
        return true;
    }

    /// <exception cref="FormatException">The text is no IPv4 network.</exception>
    public static Ipv4Cidr Parse(string text) =>
        TryParse(text, out var cidr) ? cidr : throw new FormatException($"'{text}' is not an IPv4 network such as 10.81.0.0/16");

    public bool Contains(Ipv4Cidr other) => other.Prefix >= Prefix && (other.Network & MaskOf(Prefix)) == Network;

    /// <summary>How many blocks of this prefix fit.</summary>
    public long BlockCount(int blockPrefix) => blockPrefix < Prefix ? 0 : 1L << (blockPrefix - Prefix);

    /// <summary>The n-th block of this prefix, from 0; null when it lies outside.</summary>
    public Ipv4Cidr? Block(int number, int blockPrefix) =>
        number < 0 || number >= BlockCount(blockPrefix) ? null : new Ipv4Cidr(Network + ((uint)number << (32 - blockPrefix)), blockPrefix);

    public override string ToString() => $"{Network >> 24}.{Network >> 16 & 255}.{Network >> 8 & 255}.{Network & 255}/{Prefix}";

    private static uint MaskOf(int prefix) => prefix == 0 ? 0 : uint.MaxValue << (32 - prefix);
}
