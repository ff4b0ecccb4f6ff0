using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Kontena.Docker;

namespace Kontena.Bench;

/// <summary>Asks the name server of one host of the lab for one name after another, some hundred times a second, and notes when each address was in an answer.</summary>
/// <remarks>The question comes from the host itself: its socket is made in the host's namespace.</remarks>
internal sealed class NameWatch(string folder, int host) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan Silent = TimeSpan.FromMilliseconds(300);
    private const int Patience = 100;
    private const int LongestAnswer = 1232;
    private const int NetworkNamespace = 0x40000000;

    private readonly Lock _guard = new();
    private readonly Dictionary<uint, (long First, long Last)> _seen = [];
    private readonly Dictionary<uint, long> _left = [];
    private readonly HashSet<uint> _answer = [];
    private readonly CancellationTokenSource _ended = new();
    private IReadOnlyList<string> _names = [];
    private long _answered = Stopwatch.GetTimestamp();
    private TimeSpan _longest;
    private ushort _question;

    public int Host => host;

    public void Start() => new Thread(Ask) { IsBackground = true, Name = $"names of h{host}" }.Start();

    /// <summary>Forgets what was seen, and asks for these from now on.</summary>
    public void Watch(params string[] names)
    {
        lock (_guard)
        {
            _names = names;
            _seen.Clear();
            _left.Clear();
            _longest = TimeSpan.Zero;
            _answered = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>When the address was answered first and last since <see cref="Watch"/>; null when it was not.</summary>
    public (long First, long Last)? Seen(string address)
    {
        lock (_guard)
            return _seen.TryGetValue(Number(address), out var seen) ? seen : null;
    }

    /// <summary>When the address was answered last before it was missing for the first time since <see cref="Watch"/>; null when it has not been missing.</summary>
    public long? Left(string address)
    {
        lock (_guard)
            return _left.TryGetValue(Number(address), out var last) ? last : null;
    }

    /// <summary>The longest time without any answer since <see cref="Watch"/>.</summary>
    public TimeSpan LongestSilence
    {
        get
        {
            lock (_guard)
                return _longest;
        }
    }

    /// <summary>Whether something was answered within the last while.</summary>
    public bool Answers
    {
        get
        {
            lock (_guard)
                return Stopwatch.GetElapsedTime(_answered) < Silent;
        }
    }

    public void Dispose() => _ended.Cancel();

    private void Ask()
    {
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                using var socket = Open();
                // A host whose power was off has another namespace.
                for (var opened = Stopwatch.GetTimestamp(); !_ended.IsCancellationRequested && (Answers || Stopwatch.GetElapsedTime(opened) < Silent);)
                {
                    foreach (var name in Volatile.Read(ref _names))
                        AskOnce(socket, name);
                    _ended.Token.WaitHandle.WaitOne(Pause);
                }
            }
            catch (Exception error) when (error is SocketException or IOException or EngineUnavailableException or AggregateException)
            {
                // Its power is off, or its network is not there yet.
                _ended.Token.WaitHandle.WaitOne(Pause * 5);
            }
        }
    }

    private void AskOnce(Socket socket, string name)
    {
        var into = new byte[LongestAnswer];
        try
        {
            socket.Send(Question(++_question, name));
            int length;
            do
                length = socket.Receive(into);
            while (BinaryPrimitives.ReadUInt16BigEndian(into) != _question);     // one that was given up came after all
            Note(into.AsSpan(0, length), name);
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.TimedOut or SocketError.ConnectionRefused or SocketError.WouldBlock)
        {
            // Nobody is there: the silence goes on.
            if (error.SocketErrorCode == SocketError.ConnectionRefused)
                _ended.Token.WaitHandle.WaitOne(Pause);
        }
    }

    private void Note(ReadOnlySpan<byte> answer, string name)
    {
        var now = Stopwatch.GetTimestamp();
        lock (_guard)
        {
            if (!_names.Contains(name))
                return;
            var silence = Stopwatch.GetElapsedTime(_answered, now);
            _longest = silence > _longest ? silence : _longest;
            _answered = now;
            _answer.Clear();
            // Records follow the question; each begins with a name of two bytes that points to it.
            var at = 12 + Encoding.ASCII.GetByteCount(name) + 2 + 4;
            for (var record = 0; record < BinaryPrimitives.ReadUInt16BigEndian(answer[6..]) && at + 16 <= answer.Length; record++)
            {
                if (BinaryPrimitives.ReadUInt16BigEndian(answer[(at + 2)..]) == 1)
                {
                    var address = BinaryPrimitives.ReadUInt32BigEndian(answer[(at + 12)..]);
                    _answer.Add(address);
                    _seen[address] = (_seen.TryGetValue(address, out var seen) ? seen.First : now, now);
                }

                at += 12 + BinaryPrimitives.ReadUInt16BigEndian(answer[(at + 10)..]);
            }

            foreach (var (address, seen) in _seen)
            {
                if (!_answer.Contains(address))
                    _left.TryAdd(address, seen.Last);
            }
        }
    }

    private Socket Open()
    {
        using var engine = new DockerEngineClient(EngineAddress.Parse($"unix://{folder}/h{host}/docker.sock"), TimeProvider.System);
        var gateway = engine.InspectNetworkAsync("kontena-default", CancellationToken.None).GetAwaiter().GetResult()?.Gateway
            ?? throw new IOException($"h{host} has no network of the grid yet");
        var socket = InNamespaceOf(File.ReadAllText($"{folder}/h{host}/init.pid").Trim(), () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = Patience });
        socket.Connect(IPAddress.Parse(gateway), 53);
        return socket;
    }

    /// <summary>A thread that has left its namespace for another is not used for anything else.</summary>
    private static Socket InNamespaceOf(string pid, Func<Socket> make)
    {
        Socket? made = null;
        var thread = new Thread(() =>
        {
            var file = OpenFile($"/proc/{pid}/ns/net", 0);
            if (file >= 0 && SetNamespace(file, NetworkNamespace) == 0)
                made = make();
            if (file >= 0)
                _ = CloseFile(file);
        });
        thread.Start();
        thread.Join();
        return made ?? throw new IOException($"the namespace of {pid} can't be entered");
    }

    private static byte[] Question(ushort id, string name)
    {
        var question = new List<byte> { (byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
        foreach (var label in name.Split('.'))
        {
            question.Add((byte)label.Length);
            question.AddRange(Encoding.ASCII.GetBytes(label));
        }

        return [.. question, 0, 0, 1, 0, 1];
    }

    private static uint Number(string address) => BinaryPrimitives.ReadUInt32BigEndian(IPAddress.Parse(address).GetAddressBytes());

    [DllImport("libc", EntryPoint = "open", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenFile([MarshalAs(UnmanagedType.LPStr)] string path, int flags);

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNamespace(int file, int kind);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int CloseFile(int file);
}
