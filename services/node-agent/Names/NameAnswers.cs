using System.Buffers.Binary;
using System.Net;
using Kontena.NodeAgent.Names.Wire;

namespace Kontena.NodeAgent.Names;

/// <summary>From a message to its answer, or to the word that others have to be asked.</summary>
/// <param name="block">The grid's addresses.</param>
/// <param name="bridge">Those of this node's containers, should they be others.</param>
/// <param name="own">Those of the node itself: rules of the firewall choose which of them it asks from.</param>
internal sealed class NameAnswers(NamesBoard names, NameForwarder forwarder, IPNetwork? block, IPNetwork? bridge, params IReadOnlyList<IPAddress> own)
{
    private readonly (uint First, uint Last)[] _clients =
        [(0x7F000000, 0x7FFFFFFF), .. own.Select(NumberOf).Select(one => (one, one)), .. new[] { block, bridge }.OfType<IPNetwork>().Select(RangeOf)];

    private readonly uint[] _own = [.. own.Select(NumberOf)];
    private uint _turn;

    public enum Outcome
    {
        Answered,

        /// <summary>Nothing is said: it was no question.</summary>
        Silent,
        Forward,
    }

    /// <param name="client">Who asks, as a number.</param>
    /// <param name="most">Bytes that the answer may have; null: as many as the question allows over UDP.</param>
    public Outcome Answer(ReadOnlySpan<byte> request, uint client, int? most, Span<byte> into, out int length, out DnsQuery query)
    {
        length = 0;
        if (DnsQuery.Read(request, out query) is not { } code)
            return Outcome.Silent;
        var room = into[..Math.Min(into.Length, most ?? query.MostBytes)];
        if (code != DnsCode.None)
        {
            length = DnsReply.Write(request, query, code, room);
            return Outcome.Answered;
        }

        if (!IsOfGrid(client))
        {
            // Whoever is elsewhere has name servers of its own, and no business with the grid's names.
            length = DnsReply.Write(request, query, DnsCode.Refused, room);
            return Outcome.Answered;
        }

        var view = names.View;
        var asker = view.Askers.GetValueOrDefault(client);
        if (query.IsPlain && NameResolver.Answer(view, asker, block, query.Name, query.Type, fromHost: asker is null && IsHost(client)) is { } answer)
        {
            length = DnsReply.Write(request, query, answer, view.Table.Grid, unchecked(_turn++), room);
            return Outcome.Answered;
        }

        return Outcome.Forward;
    }

    /// <summary>Never throws but when it is ended; what can't be answered is said to be so.</summary>
    public async Task<ReadOnlyMemory<byte>> ForwardAsync(ReadOnlyMemory<byte> request, DnsQuery query, uint client, bool stream, CancellationToken cancellationToken)
    {
        if (await forwarder.AskAsync(request, query, client, stream, cancellationToken) is { } answer)
            return answer;
        var failure = new byte[DnsQuery.PlainSize];
        return failure.AsMemory(0, DnsReply.Write(request.Span, query, DnsCode.ServerFailure, failure));
    }

    private bool IsHost(uint client) => client >> 24 == 127 || _own.Contains(client);

    private bool IsOfGrid(uint client)
    {
        foreach (var (first, last) in _clients)
        {
            if (client >= first && client <= last)
                return true;
        }

        return false;
    }

    private static uint NumberOf(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    private static (uint First, uint Last) RangeOf(IPNetwork network)
    {
        var first = NumberOf(network.BaseAddress);
        return (first, first | (network.PrefixLength == 0 ? uint.MaxValue : (uint)((1L << (32 - network.PrefixLength)) - 1)));
    }
}
