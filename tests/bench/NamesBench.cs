using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Kontena.Contracts.Names;
using Kontena.NodeAgent;
using Kontena.NodeAgent.Names;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Registration;
using Kontena.NodeAgent.Reports;
using Kontena.Testing.Docker;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kontena.Bench;

/// <summary>How many questions an agent answers, and how soon, with 10,000 names; the floor sends as many bytes back without looking at them. Client and server share
/// the machine.</summary>
internal sealed class NamesBench(int runs) : IDisposable
{
    private const int Services = 3334;
    private const int InstancesEach = 2;
    private const int Pace = 20_000;
    private const int Outstanding = 64;
    private const int Clients = 8;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(3);

    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-bench-").FullName;
    private readonly byte[][] _questions = [.. Enumerable.Range(0, Services).Select(Question)];

    public IReadOnlyList<Row> Run()
    {
        using var orders = new OrderBook(new NodeAgentOptions { DataDirectory = _directory }, TimeProvider.System, NullLogger<OrderBook>.Instance);
        var names = Names(orders);
        var forwarder = new NameForwarder(new ResolverFile(ResolverFile.Usual), TimeProvider.System, NullLogger<NameForwarder>.Instance);
        var answers = new NameAnswers(names, forwarder, null, null, IPAddress.Loopback);
        using var server = new NameSockets(IPAddress.Loopback, null, answers, TimeProvider.System, NullLogger.Instance, port: 0);
        using var echo = new Echo(answers, _questions[0]);
        List<double> most = [], floor = [], tail = [], floorTail = [], change = [];
        for (var run = 0; run < runs; run++)
        {
            floor.Add(Throughput(echo.Endpoint));
            most.Add(Throughput(server.Endpoint));
            floorTail.Add(Tail(echo.Endpoint));
            tail.Add(Tail(server.Endpoint));
            change.Add(Change(names, run));
            Report.Progress("names", run + 1, runs);
        }

        return
        [
            new Row($"answers, {names.View.Table.Count} names", "1/s", Row.Median(most), Row.Median(floor), null),
            new Row($"p99 at {Pace} a second", "ms", Row.Median(tail), Row.Median(floorTail), null),
            new Row("taking one change in", "ms", Row.Median(change), null, null),
        ];
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private NamesBoard Names(OrderBook orders)
    {
        var options = new NodeAgentOptions { DataDirectory = _directory };
        var identity = new AgentIdentity(options, new FakeContainerEngine(), TimeProvider.System, NullLogger<AgentIdentity>.Instance);
        var names = new NamesBoard(identity, orders, new ReportBoard(TimeProvider.System));
        names.Join("bench");
        names.Take(new NamesTold
        {
            Grid = "bench", Epoch = 1, Revision = 1, Page = 0, Pages = 1,
            Instances = [.. from service in Enumerable.Range(0, Services) from number in Enumerable.Range(1, InstancesEach) select RowOf(service, number)],
        });
        return names;
    }

    private static NamedInstance RowOf(int service, int number) => new()
    {
        InstanceId = $"{service}-{number}", NodeId = "n", Stack = "shop", Service = $"web{service}", Number = number, Standing = NameStanding.Ready,
        Address = $"10.{number}.{service / 250}.{1 + (service % 250)}",
    };

    private static byte[] Question(int service)
    {
        var question = new List<byte> { 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
        foreach (var label in $"web{service}.shop.bench.kontena.local".Split('.'))
        {
            question.Add((byte)label.Length);
            question.AddRange(Encoding.ASCII.GetBytes(label));
        }

        return [.. question, 0, 0, 1, 0, 1];
    }

    /// <summary>As many as there are answers for: always so many under way.</summary>
    private double Throughput(IPEndPoint server)
    {
        // One client alone is held to its share.
        Socket[] clients = [.. Enumerable.Range(2, Clients).Select(number => Connected(server, IPAddress.Parse($"127.0.0.{number}")))];
        var (into, answered) = (new byte[1500], 0);
        var start = Stopwatch.GetTimestamp();
        foreach (var client in clients)
            Refill(client);
        while (Stopwatch.GetElapsedTime(start) < Long)
        {
            foreach (var client in clients)
            {
                try
                {
                    client.Receive(into);
                    client.Send(_questions[++answered % Services]);
                }
                catch (SocketException)
                {
                    // All of them were lost.
                    Refill(client);
                }
            }
        }

        foreach (var client in clients)
            client.Dispose();
        return answered / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private void Refill(Socket client)
    {
        for (var sent = 0; sent < Outstanding / Clients; sent++)
            client.Send(_questions[sent % Services]);
    }

    /// <summary>Milliseconds, of questions that come at their pace whether or not the earlier ones are answered.</summary>
    private double Tail(IPEndPoint server)
    {
        using var client = Connected(server);
        var sent = new long[ushort.MaxValue + 1];
        var took = new List<double>(Pace * 4);
        var lost = 0;
        var reader = new Thread(() =>
        {
            var into = new byte[1500];
            try
            {
                while (client.Receive(into) > 0)
                    took.Add(Stopwatch.GetElapsedTime(Volatile.Read(ref sent[BinaryPrimitives.ReadUInt16BigEndian(into)])).TotalMilliseconds);
            }
            catch (SocketException)
            {
                // Nothing more comes.
            }
        });
        client.ReceiveTimeout = 500;
        reader.Start();
        var start = Stopwatch.GetTimestamp();
        for (var number = 0; Stopwatch.GetElapsedTime(start) < Long; number++)
        {
            while (Stopwatch.GetElapsedTime(start).TotalSeconds * Pace < number)
                Thread.SpinWait(20);
            var question = (byte[])_questions[number % Services].Clone();
            BinaryPrimitives.WriteUInt16BigEndian(question, (ushort)number);
            Volatile.Write(ref sent[(ushort)number], Stopwatch.GetTimestamp());
            client.Send(question);
            lost++;
        }

        reader.Join();
        lost -= took.Count;
        took.Sort();
        // What never came back took as long as was measured.
        var at = (int)((took.Count + lost) * 0.99);
        return at < took.Count ? took[at] : Long.TotalMilliseconds;
    }

    private static double Change(NamesBoard names, int run)
    {
        const int Times = 1000;
        var start = Stopwatch.GetTimestamp();
        for (var time = 0; time < Times; time++)
            names.Take(new NamesChanged { Grid = "bench", Epoch = 1, Revision = 2 + (run * Times) + time, Upserts = [RowOf(time, 1) with { Address = $"10.9.{time % 250}.{1 + (run % 250)}" }] });
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / Times;
    }

    private static Socket Connected(IPEndPoint server, IPAddress? from = null)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 200, ReceiveBufferSize = 1 << 20 };
        client.Bind(new IPEndPoint(from ?? IPAddress.Loopback, 0));
        client.Connect(server);
        return client;
    }

    /// <summary>Sends an answer of the same size back, with the question's id.</summary>
    private sealed class Echo : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        public Echo(NameAnswers answers, byte[] question)
        {
            var answer = new byte[1232];
            answers.Answer(question, 0, null, answer, out var length, out _);
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _socket.ReceiveBufferSize = 1 << 20;
            Endpoint = (IPEndPoint)_socket.LocalEndPoint!;
            new Thread(() => Serve(answer.AsSpan(0, length).ToArray())) { IsBackground = true }.Start();
        }

        public IPEndPoint Endpoint { get; }

        public void Dispose() => _socket.Dispose();

        private void Serve(byte[] answer)
        {
            var (into, client) = (new byte[1500], new SocketAddress(AddressFamily.InterNetwork));
            try
            {
                while (_socket.ReceiveFrom(into, SocketFlags.None, client) > 0)
                {
                    into.AsSpan(0, 2).CopyTo(answer);
                    _socket.SendTo(answer, SocketFlags.None, client);
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // The benchmark is over.
            }
        }
    }
}
