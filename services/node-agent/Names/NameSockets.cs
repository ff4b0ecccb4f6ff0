using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Kontena.NodeAgent.Names.Wire;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Names;

/// <summary>Port 53 of one address: datagrams on a thread of their own, streams beside it.</summary>
/// <remarks>Answers from the table are made and sent at once; what has to be asked of others waits elsewhere and holds nobody up.</remarks>
internal sealed class NameSockets : IDisposable
{
    public const int Port = 53;

    /// <summary>What they are called while nobody reads them.</summary>
    public const string KeptDatagrams = "names-datagrams";
    public const string KeptStreams = "names-streams";

    /// <summary>Longer questions are none.</summary>
    private const int LargestQuestion = 4096;
    private const int MostStreams = 64;
    public const int MostStreamsOfOne = 8;
    private static readonly TimeSpan SurprisesEvery = TimeSpan.FromMinutes(1);
    private const int QuestionsPerStream = 100;
    private static readonly TimeSpan StreamIdle = TimeSpan.FromSeconds(5);

    private readonly Socket _datagrams;
    private readonly Socket _streams;
    private readonly CancellationTokenSource _ended = new();
    private readonly ClientQuota _quota;
    private volatile NameAnswers _answers;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<uint, int> _streamsOf = new();
    private int _open;
    private long? _surprised;

    /// <param name="kept">Where the sockets of the last run come from, and to whom these are given for the next; null when they end with this.</param>
    /// <exception cref="SocketException">The address is not there (yet), or the port is not to be had.</exception>
    public NameSockets(IPAddress address, IPNetwork? block, NameAnswers answers, TimeProvider time, ILogger logger, int port = Port, KeptSockets? kept = null)
    {
        (Address, Block, _answers, _time, _logger) = (address, block, answers, time, logger);
        _quota = new ClientQuota(time);
        var (datagrams, streams) = (kept?.Take(KeptDatagrams, new IPEndPoint(address, port)), kept?.Take(KeptStreams, new IPEndPoint(address, port)));
        _datagrams = datagrams ?? new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _streams = streams ?? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (datagrams is null)
            {
                _datagrams.ReceiveBufferSize = 1 << 20;
                _datagrams.Bind(new IPEndPoint(address, port));
                kept?.Keep(KeptDatagrams, _datagrams);
            }

            Endpoint = (IPEndPoint)_datagrams.LocalEndPoint!;
            if (streams is null)
            {
                _streams.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                _streams.Bind(Endpoint);
                _streams.Listen(MostStreams);
                kept?.Keep(KeptStreams, _streams);
            }
        }
        catch
        {
            kept?.Drop(KeptDatagrams);
            Dispose();
            throw;
        }

        new Thread(Datagrams) { IsBackground = true, Name = "names" }.Start();
        _ = StreamsAsync(_ended.Token);
    }

    public IPAddress Address { get; }

    public IPNetwork? Block { get; private set; }

    public IPEndPoint Endpoint { get; private set; } = new(IPAddress.None, 0);

    /// <summary>The same port, for a grid that has other addresses than was known.</summary>
    public void AnswerWith(NameAnswers answers, IPNetwork? block) => (_answers, Block) = (answers, block);

    public void Dispose()
    {
        _ended.Cancel();
        _datagrams.Dispose();
        _streams.Dispose();
    }

    private void Datagrams()
    {
        var request = new byte[LargestQuestion];
        var answer = new byte[DnsQuery.LargestDatagram];
        var client = new SocketAddress(AddressFamily.InterNetwork);
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                var length = _datagrams.ReceiveFrom(request, SocketFlags.None, client);
                var from = AddressOf(client);
                if (!_quota.Enter(from))
                    continue;
                switch (_answers.Answer(request.AsSpan(0, length), from, most: null, answer, out var written, out var query))
                {
                    case NameAnswers.Outcome.Answered:
                        _datagrams.SendTo(answer.AsSpan(0, written), SocketFlags.None, client);
                        break;
                    case NameAnswers.Outcome.Forward:
                        var to = new SocketAddress(AddressFamily.InterNetwork, client.Size);
                        client.Buffer[..client.Size].CopyTo(to.Buffer);
                        _ = ForwardAsync(request.AsSpan(0, length).ToArray(), query, from, to);
                        break;
                }
            }
            catch (SocketException error) when (!_ended.IsCancellationRequested)
            {
                // Of the client that has gone, or a message that was too long; the next is another's.
                _logger.LogDebug("A question could not be answered: {Reason}", error.Message);
            }
            catch (Exception error) when (error is ObjectDisposedException or SocketException)
            {
                return;
            }
            catch (Exception error)
            {
                // A mistake of ours costs this question, not the next.
                Surprise(error);
            }
        }
    }

    private void Surprise(Exception error)
    {
        var now = _time.GetTimestamp();
        if (_surprised is { } last && _time.GetElapsedTime(last, now) < SurprisesEvery)
            return;
        _surprised = now;
        _logger.LogError(error, "A question for a name was not answered: a mistake of ours, told once a minute");
    }

    private async Task ForwardAsync(byte[] request, DnsQuery query, uint client, SocketAddress to)
    {
        try
        {
            var answer = await _answers.ForwardAsync(request, query, client, stream: false, _ended.Token);
            await _datagrams.SendToAsync(answer, SocketFlags.None, to, _ended.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            _logger.LogDebug("An answer could not be handed on: {Reason}", error.Message);
        }
        catch (Exception error)
        {
            Surprise(error);
        }
    }

    private async Task StreamsAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var stream = await _streams.AcceptAsync(cancellationToken);
                var client = stream.RemoteEndPoint is IPEndPoint from ? BinaryPrimitives.ReadUInt32BigEndian(from.Address.GetAddressBytes()) : 0;
                if (_open >= MostStreams || _streamsOf.GetValueOrDefault(client) >= MostStreamsOfOne)
                {
                    stream.Dispose();
                    continue;
                }

                Interlocked.Increment(ref _open);
                _streamsOf.AddOrUpdate(client, 1, static (_, count) => count + 1);
                _ = StreamAsync(stream, client, cancellationToken);
            }
            catch (SocketException error) when (!cancellationToken.IsCancellationRequested)
            {
                _logger.LogDebug("A connection could not be taken: {Reason}", error.Message);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private async Task StreamAsync(Socket socket, uint client, CancellationToken cancellationToken)
    {
        try
        {
            using var stream = new NetworkStream(socket, ownsSocket: true);
            var head = new byte[2];
            var into = new byte[DnsReply.LargestMessage];
            for (var question = 0; question < QuestionsPerStream; question++)
            {
                using var idle = new CancellationTokenSource(StreamIdle, _time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellationToken);
                await stream.ReadExactlyAsync(head, either.Token);
                var length = BinaryPrimitives.ReadUInt16BigEndian(head);
                if (length > LargestQuestion || !_quota.Enter(client))
                    return;
                var request = new byte[length];
                await stream.ReadExactlyAsync(request, either.Token);
                ReadOnlyMemory<byte> answer;
                switch (_answers.Answer(request, client, DnsReply.LargestMessage, into, out var written, out var query))
                {
                    case NameAnswers.Outcome.Silent:
                        return;
                    case NameAnswers.Outcome.Forward:
                        answer = await _answers.ForwardAsync(request, query, client, stream: true, cancellationToken);
                        break;
                    default:
                        answer = into.AsMemory(0, written);
                        break;
                }

                var whole = new byte[answer.Length + 2];
                BinaryPrimitives.WriteUInt16BigEndian(whole, (ushort)answer.Length);
                answer.CopyTo(whole.AsMemory(2));
                await stream.WriteAsync(whole, either.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or ObjectDisposedException or SocketException)
        {
            // It has gone, or said nothing for too long.
        }
        catch (Exception error)
        {
            Surprise(error);
        }
        finally
        {
            _streamsOf.AddOrUpdate(client, 0, static (_, count) => count - 1);
            _streamsOf.TryRemove(new(client, 0));
            Interlocked.Decrement(ref _open);
        }
    }

    private static uint AddressOf(SocketAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.Buffer.Span[4..]);
}
