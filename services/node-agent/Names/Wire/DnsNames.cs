namespace Kontena.NodeAgent.Names.Wire;

/// <summary>Names inside messages.</summary>
internal static class DnsNames
{
    /// <summary>Where the name at <paramref name="at"/> ends in the message; null when it does not end. A pointer is its end: nothing is followed, so nothing loops.</summary>
    public static int? Skip(ReadOnlySpan<byte> message, int at)
    {
        while (at < message.Length)
        {
            int label = message[at];
            if (label == 0)
                return at + 1;
            if ((label & 0xC0) == 0xC0)
                return at + 2 <= message.Length ? at + 2 : null;
            if ((label & 0xC0) != 0)
                return null;
            at += label + 1;
        }

        return null;
    }
}
