using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Kontena.Contracts.Names;
using Kontena.NodeAgent.Names;
using Kontena.NodeAgent.Names.Wire;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Registration;
using Kontena.NodeAgent.Reports;
using Kontena.Testing.Docker;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.NodeAgent.Tests.Names;

/// <summary>Questions over real sockets on the loopback interface, with another server behind the forwarder.</summary>
public sealed class NameSocketsTests : IAsyncDisposable
{
    private const string Web = "web.shop.test.kontena.local";
    private const int Tries = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);
    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-names-").FullName;
    private readonly Socket _upstream = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly OrderBook _orders;
    private readonly NamesBoard _names;
    private readonly NameForwarder _forwarder;
    private readonly NameAnswers _answers;
    private readonly NameSockets _server;
    private int _asked;

    public NameSocketsTests()
    {
        var options = new NodeAgentOptions { DataDirectory = _directory };
        _orders = new OrderBook(options, TimeProvider.System, NullLogger<OrderBook>.Instance);
        var identity = new AgentIdentity(options, new FakeContainerEngine(), TimeProvider.System, NullLogger<AgentIdentity>.Instance);
        _names = new NamesBoard(identity, _orders, new ReportBoard(TimeProvider.System));
        _names.Join("test");
        _names.Take(new NamesTold { Grid = "test", Epoch = 1, Revision = 1, Page = 0, Pages = 1, Instances = [.. Enumerable.Range(1, 100).Select(number => Question.Row(number))] });
        _upstream.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var resolvers = Path.Combine(_directory, "resolv.conf");
        File.WriteAllText(resolvers, "# of the machine\nnameserver 127.0.0.1\n");
        _forwarder = new NameForwarder(new ResolverFile(resolvers, ((IPEndPoint)_upstream.LocalEndPoint!).Port), TimeProvider.System, NullLogger<NameForwarder>.Instance);
        _answers = new NameAnswers(_names, _forwarder, IPNetwork.Parse("10.81.0.0/16"), null, IPAddress.Loopback);
        _server = new NameSockets(IPAddress.Loopback, null, _answers, TimeProvider.System, NullLogger.Instance, port: 0);
    }

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        _upstream.Dispose();
        _orders.Dispose();
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_is_asked_between_two_runs_is_answered_by_the_second()
    {
        using var systemd = new PaperSystemd(_directory);
        var last = new KeptSockets(systemd.Path, [], NullLogger.Instance);
        IPEndPoint at;
        using (var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
        using (var streams = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            datagrams.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            at = (IPEndPoint)datagrams.LocalEndPoint!;
            streams.Bind(at);
            streams.Listen();
            // As a run leaves them that answers streams.
            datagrams.Blocking = streams.Blocking = false;
            last.Keep(NameSockets.KeptDatagrams, datagrams);
            last.Keep(NameSockets.KeptStreams, streams);
        }

        var kept = systemd.Told().Where(one => one.Descriptor >= 0).ToList();
        Assert.Equal(["FDSTORE=1\nFDPOLL=0\nFDNAME=names-datagrams", "FDSTORE=1\nFDPOLL=0\nFDNAME=names-streams"], kept.Select(one => one.Text));
        using var client = new UdpClient();
        client.Connect(at);
        await client.SendAsync(Question.Of(Web, DnsType.A), TestContext.Current.CancellationToken);
        using var stream = new TcpClient();
        await stream.ConnectAsync(at, TestContext.Current.CancellationToken);

        var next = new KeptSockets(systemd.Path, kept.Select(one => (one.Text.Split('=')[^1], KeptSockets.Of(one.Descriptor))), NullLogger.Instance);
        using var server = new NameSockets(IPAddress.Loopback, null, _answers, TimeProvider.System, NullLogger.Instance, at.Port, next);

        var answer = await client.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(0, Question.Read(answer.Buffer).Code);
        Assert.Equal(100, Question.Read(await AskAsync(stream, Question.Of(Web, DnsType.A))).Answers.Count);
        Assert.Empty(systemd.Told());
    }

    [Fact]
    public void A_socket_that_was_kept_for_another_address_is_kept_no_longer()
    {
        using var systemd = new PaperSystemd(_directory);
        var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        var kept = new KeptSockets(systemd.Path, [(NameSockets.KeptDatagrams, other)], NullLogger.Instance);

        Assert.Null(kept.Take(NameSockets.KeptDatagrams, new IPEndPoint(IPAddress.Loopback, 53)));

        Assert.Equal("FDSTOREREMOVE=1\nFDNAME=names-datagrams", Assert.Single(systemd.Told()).Text);
        Assert.True(other.SafeHandle.IsClosed);
    }

    [Fact]
    public async Task Kept_sockets_are_given_up_when_names_are_left_to_the_engine()
    {
        using var systemd = new PaperSystemd(_directory);
        var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var streams = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        datagrams.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        streams.Bind(datagrams.LocalEndPoint!);
        streams.Listen();
        var kept = new KeptSockets(systemd.Path, [(NameSockets.KeptDatagrams, datagrams), (NameSockets.KeptStreams, streams)], NullLogger.Instance);
        var options = new NodeAgentOptions { DataDirectory = _directory, AnswersNames = false };
        using var membership = new NodeMembership(options, NullLogger<NodeMembership>.Instance);
        using var server = new NameServer(_names, _forwarder, new FakeContainerEngine(), membership, kept, options, TimeProvider.System, NullLogger<NameServer>.Instance);

        await server.StartAsync(TestContext.Current.CancellationToken);
        await server.ExecuteTask!;

        Assert.Equal(["FDSTOREREMOVE=1\nFDNAME=names-datagrams", "FDSTOREREMOVE=1\nFDNAME=names-streams"], systemd.Told().Select(one => one.Text));
        Assert.True(datagrams.SafeHandle.IsClosed && streams.SafeHandle.IsClosed);
    }

    [Fact]
    public async Task What_is_cut_short_in_a_datagram_is_whole_over_a_stream()
    {
        var cut = Question.Read(await AskAsync(Question.Of(Web, DnsType.A)));
        using var stream = new TcpClient();
        await stream.ConnectAsync(_server.Endpoint, TestContext.Current.CancellationToken);
        var whole = Question.Read(await AskAsync(stream, Question.Of(Web, DnsType.A)));
        var again = Question.Read(await AskAsync(stream, Question.Of("nobody.kontena.local", DnsType.A)));

        Assert.True(cut.IsCut && cut.Answers.Count < 100);
        Assert.Equal((false, 100), (whole.IsCut, whole.Answers.Count));
        Assert.Equal(3, again.Code);
    }

    [Fact]
    public async Task Other_names_are_asked_of_the_machines_servers_under_another_id()
    {
        var ids = new List<int>();
        _ = ServeAsync(question =>
        {
            ids.Add(question[0] << 8 | question[1]);
            question[2] |= 0x80;
            question[3] = 0x85;
            return question;
        });

        var reply = Question.Read(await AskAsync(Question.Of("example.com", DnsType.A, id: 77)));

        Assert.Equal((77, 5), (reply.Id, reply.Code));
        Assert.DoesNotContain(77, ids);
    }

    [Fact]
    public async Task What_others_do_not_know_is_asked_once_while_they_say_so()
    {
        _ = ServeAsync(question =>
        {
            // An SOA with a lifetime of a minute: the name of it is the root.
            byte[] soa = [0, 0, 6, 0, 1, 0, 0, 0, 60, 0, 22, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 60];
            var answer = (byte[])[.. question, .. soa];
            (answer[2], answer[3], answer[9]) = (0x81, 0x83, 1);
            return answer;
        });

        var first = Question.Read(await AskAsync(Question.Of("nothing.example.com", DnsType.A)));
        var second = Question.Read(await AskAsync(Question.Of("NOTHING.example.com", DnsType.A, id: 9)));

        Assert.Equal((3, 3, 9, 1), (first.Code, second.Code, second.Id, _asked));
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_told_as_failure_and_holds_nobody_up()
    {
        var slow = AskAsync(Question.Of("silent.example.com", DnsType.A));
        var quick = Question.Read(await AskAsync(Question.Of("web-1.shop.test.kontena.local", DnsType.A)));
        Assert.False(slow.IsCompleted);

        Assert.Equal(["10.81.1.2"], quick.Answers);
        Assert.Equal(2, Question.Read(await slow).Code);
    }

    [Fact]
    public async Task Ours_are_never_asked_of_ourselves()
    {
        _ = ServeAsync(Refusing(DnsCode.NoSuchName));
        Assert.Equal(3, Question.Read(await AskAsync(Question.Of("example.com", DnsType.A))).Code);
        Assert.Equal(1, _asked);

        _forwarder.Avoid((IPEndPoint)_upstream.LocalEndPoint!);

        Assert.Equal(2, Question.Read(await AskAsync(Question.Of("example.org", DnsType.A))).Code);
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task What_one_server_will_not_say_is_asked_of_the_next()
    {
        using var second = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        second.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), ((IPEndPoint)_upstream.LocalEndPoint!).Port));
        File.WriteAllText(Path.Combine(_directory, "resolv.conf"), "nameserver 127.0.0.1\nnameserver 127.0.0.2\n");
        _ = ServeAsync(Refusing(DnsCode.ServerFailure));
        _ = ServeAsync(Refusing(DnsCode.NoSuchName), second);

        Assert.Equal(3, Question.Read(await AskAsync(Question.Of("example.com", DnsType.A))).Code);
        second.Dispose();
        Assert.Equal(2, Question.Read(await AskAsync(Question.Of("example.org", DnsType.A))).Code);
    }

    [Fact]
    public void Whoever_is_not_of_the_grid_is_refused_whatever_is_asked()
    {
        var answers = new NameAnswers(_names, _forwarder, IPNetwork.Parse("10.81.0.0/16"), IPNetwork.Parse("172.20.0.0/24"), IPAddress.Parse("10.81.1.1"));
        int CodeFor(string client)
        {
            var (into, request) = (new byte[512], Question.Of("web-1.shop.test.kontena.local", DnsType.A));
            answers.Answer(request, BinaryPrimitives.ReadUInt32BigEndian(IPAddress.Parse(client).GetAddressBytes()), null, into, out var length, out _);
            return Question.Read(into.AsSpan(0, length)).Code;
        }

        Assert.Equal([0, 0, 0, 0, 5, 5, 5], ((string[])["10.81.9.9", "172.20.0.7", "127.0.0.1", "10.81.1.1", "10.82.0.1", "172.20.1.7", "192.168.1.1"]).Select(CodeFor));
    }

    [Fact]
    public async Task One_address_has_only_some_of_the_connections()
    {
        var clients = new List<TcpClient>();
        for (var count = 0; count < NameSockets.MostStreamsOfOne; count++)
        {
            clients.Add(new TcpClient());
            await clients[^1].ConnectAsync(_server.Endpoint, TestContext.Current.CancellationToken);
            Assert.NotEmpty(await AskAsync(clients[^1], Question.Of(Web, DnsType.A)));
        }

        using var further = new TcpClient();
        await further.ConnectAsync(_server.Endpoint, TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<IOException>(() => AskAsync(further, Question.Of(Web, DnsType.A)));
        using var other = new TcpClient(new IPEndPoint(IPAddress.Parse("127.0.0.9"), 0));
        await other.ConnectAsync(_server.Endpoint, TestContext.Current.CancellationToken);
        Assert.NotEmpty(await AskAsync(other, Question.Of(Web, DnsType.A)));
        clients.ForEach(client => client.Dispose());
    }

    private static Func<byte[], byte[]> Refusing(DnsCode code) => question =>
    {
        (question[2], question[3]) = (0x81, (byte)(0x80 | (byte)code));
        return question;
    };

    [Fact]
    public async Task A_flood_of_one_is_dropped_and_the_next_question_is_answered()
    {
        using var flood = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        flood.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.7"), 0));
        await flood.ConnectAsync(_server.Endpoint, TestContext.Current.CancellationToken);
        var noise = new byte[600];
        for (var count = 0; count < 20_000; count++)
        {
            Random.Shared.NextBytes(noise);
            flood.Send(noise.AsSpan(0, count % 600));
        }

        Assert.Equal(["10.81.1.2"], Question.Read(await AskAsync(Question.Of("web-1.shop.test.kontena.local", DnsType.A))).Answers);
    }

    [Fact]
    public void One_client_has_its_share_of_a_moment_and_others_have_theirs()
    {
        var quota = new ClientQuota(new Kontena.Testing.TestClock());

        Assert.Equal(ClientQuota.PerWindow, Enumerable.Range(0, 10_000).Count(_ => quota.Enter(1)));
        Assert.True(quota.Enter(2));
    }

    [Fact]
    public void The_machines_servers_are_read_as_they_are_written() =>
        Assert.Equal(
            ["127.0.0.53:53", "[::1]:53", "10.0.0.1:53"],
            ResolverFile.Parse("search a b\r\nnameserver 127.0.0.53\r\n;nameserver 1.1.1.1\nnameserver nonsense\n nameserver ::1\nnameserver 10.0.0.1\nnameserver 10.0.0.2\n").Select(one => $"{one}"));

    private async Task ServeAsync(Func<byte[], byte[]> answer, Socket? server = null)
    {
        server ??= _upstream;
        var buffer = new byte[4096];
        while (true)
        {
            var got = await server.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), TestContext.Current.CancellationToken);
            Interlocked.Increment(ref _asked);
            await server.SendToAsync(answer(buffer[..got.ReceivedBytes]), got.RemoteEndPoint, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>As a client does: again when nothing came, as datagrams may be lost.</summary>
    private async Task<byte[]> AskAsync(byte[] question)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(_server.Endpoint, TestContext.Current.CancellationToken);
        var buffer = new byte[4096];
        var answer = socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).AsTask();
        for (var tries = 0; !answer.IsCompleted && tries < Tries; tries++)
        {
            await socket.SendAsync(question, TestContext.Current.CancellationToken);
            await Task.WhenAny(answer, Task.Delay(Patience, TimeProvider.System, TestContext.Current.CancellationToken));
        }

        Assert.True(answer.IsCompleted, "no answer");
        return buffer[..await answer];
    }

    private static async Task<byte[]> AskAsync(TcpClient client, byte[] question)
    {
        var stream = client.GetStream();
        var head = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(head, (ushort)question.Length);
        await stream.WriteAsync((byte[])[.. head, .. question], TestContext.Current.CancellationToken);
        await stream.ReadExactlyAsync(head, TestContext.Current.CancellationToken);
        var answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
        await stream.ReadExactlyAsync(answer, TestContext.Current.CancellationToken);
        return answer;
    }
}
