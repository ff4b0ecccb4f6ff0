using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Kontena.NodeAgent.Names.Wire;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Names;

/// <summary>Asks the machine's name servers what the grid does not know.</summary>
internal sealed class NameForwarder(ResolverFile resolvers, TimeProvider time, ILogger<NameForwarder> logger)
{
    /// <summary>Questions under way, of all and of one container: beyond that the answer is a failure at once.</summary>
    public const int MostAtOnce = 512;
    public const int MostOfOne = 128;

    /// <summary>One server gets this long; all together <see cref="Tries"/> of it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);
    private const int Tries = 3;

    private readonly ConcurrentDictionary<uint, int> _asking = new();
    private readonly ConcurrentDictionary<IPEndPoint, byte> _own = new();
    private readonly NegativeCache _nothing = new(time);
    private int _underWay;
    private bool _told;

    /// <summary>Where we answer ourselves: asking there would go round in circles.</summary>
    public void Avoid(IPEndPoint own) => _own[own] = 0;

    /// <returns>The answer, with the question's own id; null when nobody gave one in time.</returns>
    public async Task<ReadOnlyMemory<byte>?> AskAsync(ReadOnlyMemory<byte> request, DnsQuery query, uint client, bool stream, CancellationToken cancellationToken)
    {
        if (_nothing.Find(request.Span, query) is { } known)
            return known;
        var mine = _asking.AddOrUpdate(client, 1, static (_, count) => count + 1);
        try
        {
            if (Interlocked.Increment(ref _underWay) > MostAtOnce || mine > MostOfOne)
                return null;
            return await AskAllAsync(request, query, stream, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
            if (_asking.AddOrUpdate(client, 0, static (_, count) => count - 1) == 0)
                _asking.TryRemove(new(client, 0));
        }
    }

    private async Task<ReadOnlyMemory<byte>?> AskAllAsync(ReadOnlyMemory<byte> request, DnsQuery query, bool stream, CancellationToken cancellationToken)
    {
        var servers = resolvers.Read().Where(server => !_own.ContainsKey(server)).ToList();
        // The id that others see is not the one that the container has chosen: it can't be guessed from outside.
        var question = request.ToArray();
        RandomNumberGenerator.Fill(question.AsSpan(0, 2));
        var attempts = servers.Count == 0 ? 0 : Math.Max(servers.Count, Tries);
        byte[]? refusal = null;
        string? reason = servers.Count == 0 ? $"{resolvers.Path} names no server but ourselves" : null;
        for (var attempt = 0; attempt < Math.Min(attempts, Tries); attempt++)
        {
            var server = servers[attempt % servers.Count];
            try
            {
                var answer = stream ? await OverStreamAsync(server, question, cancellationToken) : await OverDatagramAsync(server, question, query, cancellationToken);
                if (answer is null)
                    continue;
                request.Span[..2].CopyTo(answer);
                if (IsRefusal(answer))
                {
                    refusal = answer;
                    continue;
                }

                _nothing.Note(answer, query);
                _told = false;
                return answer;
            }
            catch (Exception error) when (error is SocketException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                reason = $"{server}: {(error is OperationCanceledException ? $"no answer within {Patience.TotalSeconds} s" : error.Message)}";
            }
        }

        // None of them would say: that is an answer, too.
        if (refusal is not null)
            return refusal;
        if (!_told)
            logger.LogWarning("Names outside the grid can't be resolved: {Reason}", reason ?? "no server gave an answer to the question");
        _told = true;
        return null;
    }

    /// <summary>The server can't or won't say; another may.</summary>
    private static bool IsRefusal(byte[] answer) =>
        (DnsCode)(answer[3] & 0x0F) is DnsCode.ServerFailure or DnsCode.Refused or DnsCode.NotImplemented;

    private async Task<byte[]?> OverDatagramAsync(IPEndPoint server, byte[] question, DnsQuery query, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, either.Token);
        await socket.SendAsync(question, either.Token);
        var buffer = new byte[4096];
        // Connected, so only the server is heard; what does not fit the question is somebody else's.
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, either.Token);
            if (IsAnswer(buffer.AsSpan(0, length), question, query))
                return buffer[..length];
        }
    }

    private async Task<byte[]?> OverStreamAsync(IPEndPoint server, byte[] question, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, either.Token);
        using var stream = new NetworkStream(socket);
        var whole = new byte[question.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(whole, (ushort)question.Length);
        question.CopyTo(whole, 2);
        await stream.WriteAsync(whole, either.Token);
        var head = new byte[2];
        await stream.ReadExactlyAsync(head, either.Token);
        var answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
        await stream.ReadExactlyAsync(answer, either.Token);
        return answer.Length >= DnsQuery.HeaderLength && answer.AsSpan(0, 2).SequenceEqual(question.AsSpan(0, 2)) ? answer : null;
    }

    private static bool IsAnswer(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> question, in DnsQuery query) =>
        answer.Length >= query.End && (answer[2] & 0x80) != 0 && answer[..2].SequenceEqual(question[..2])
        && Ascii.EqualsIgnoreCase(answer[DnsQuery.HeaderLength..query.End], question[DnsQuery.HeaderLength..query.End]);
}
