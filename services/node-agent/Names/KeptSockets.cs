using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Names;

/// <summary>Sockets that systemd keeps open while the agent is restarted, however it ended: what comes for them meanwhile waits in them, and the next run answers it
/// (decision 0047). Without systemd, or with a unit that keeps none, they go with the process.</summary>
internal sealed class KeptSockets
{
    /// <summary>Where the descriptors begin that a service is given.</summary>
    private const int FirstDescriptor = 3;

    /// <summary>The unit has room for fewer.</summary>
    private const int Most = 16;
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExec = 1;
    private const int GetStatusFlags = 3;
    private const int SetStatusFlags = 4;
    private const int NonBlocking = 0x800;
    private readonly Lock _guard = new();
    private readonly string? _manager;
    private readonly ILogger _logger;
    private readonly Dictionary<string, Socket> _given;

    /// <param name="manager">systemd's socket; null when there is none.</param>
    /// <param name="given">What the last run left.</param>
    public KeptSockets(string? manager, IEnumerable<(string Name, Socket Socket)> given, ILogger logger)
    {
        (_manager, _logger) = (string.IsNullOrEmpty(manager) ? null : manager, logger);
        _given = [];
        foreach (var (name, socket) in given)
        {
            if (!_given.TryAdd(name, socket))
                socket.Dispose();
        }
    }

    /// <summary>What systemd gave this process, as <c>sd_listen_fds_with_names</c> reads it. Programs that the agent starts don't get it.</summary>
    public static KeptSockets OfThisProcess(ILogger logger)
    {
        var given = new List<(string, Socket)>();
        if (Environment.GetEnvironmentVariable("LISTEN_PID") == Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
            && int.TryParse(Environment.GetEnvironmentVariable("LISTEN_FDS"), CultureInfo.InvariantCulture, out var count))
        {
            var names = (Environment.GetEnvironmentVariable("LISTEN_FDNAMES") ?? "").Split(':');
            for (var at = 0; at < Math.Min(count, Most); at++)
                given.Add((names.ElementAtOrDefault(at) ?? "", Of(FirstDescriptor + at)));
        }

        foreach (var variable in new[] { "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES" })
            Environment.SetEnvironmentVariable(variable, null);
        return new KeptSockets(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"), given, logger);
    }

    /// <summary>Whether somebody keeps sockets for this process.</summary>
    public bool IsKept => _manager is not null;

    /// <summary>A descriptor that was given, as a socket like one made here.</summary>
    internal static Socket Of(int descriptor)
    {
        _ = Control(descriptor, SetDescriptorFlags, CloseOnExec);
        // How the last run waited belongs to the socket; this run's way is its own.
        _ = Control(descriptor, SetStatusFlags, Control(descriptor, GetStatusFlags, 0) & ~NonBlocking);
        return new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
    }

    /// <summary>The socket of that name, when the last run left one that is bound as wanted; one that is bound elsewhere is kept no longer.</summary>
    public Socket? Take(string name, IPEndPoint wanted)
    {
        lock (_guard)
        {
            if (!_given.Remove(name, out var socket))
                return null;
            if (wanted.Equals(socket.LocalEndPoint))
                return socket;
            socket.Dispose();
        }

        Drop(name);
        return null;
    }

    /// <summary>From now on it stays when this process goes.</summary>
    public void Keep(string name, Socket socket)
    {
        if (_manager is null)
            return;
        try
        {
            // One of that name that systemd has from before would stay beside it.
            Drop(name);
            SendDescriptor($"FDSTORE=1\nFDPOLL=0\nFDNAME={name}", (int)socket.Handle);
        }
        catch (SocketException error)
        {
            _logger.LogWarning("systemd does not keep the socket {Name}; names are not answered while the agent restarts: {Reason}", name, error.Message);
        }
    }

    /// <summary>It is to be kept no longer: it goes when this process closes it.</summary>
    public void Drop(string name)
    {
        if (_manager is null)
            return;
        try
        {
            using var datagram = Connected();
            datagram.Send(Encoding.ASCII.GetBytes($"FDSTOREREMOVE=1\nFDNAME={name}"));
        }
        catch (SocketException error)
        {
            _logger.LogWarning("systemd could not be told that the socket {Name} is over: {Reason}", name, error.Message);
        }
    }

    /// <summary>Nobody reads what the last run left: questions that come get the kernel's refusal instead of silence, and another program may have the port.</summary>
    public void GiveUp()
    {
        List<string> names;
        lock (_guard)
        {
            names = [.. _given.Keys];
            foreach (var socket in _given.Values)
                socket.Dispose();
            _given.Clear();
        }

        names.ForEach(Drop);
    }

    private Socket Connected()
    {
        var datagram = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        // A leading @ is systemd's spelling of the abstract name space.
        datagram.Connect(new UnixDomainSocketEndPoint(_manager![0] == '@' ? "\0" + _manager[1..] : _manager));
        return datagram;
    }

    /// <summary>The base library sends no descriptors, so this asks libc.</summary>
    /// <exception cref="SocketException">It was not sent.</exception>
    private void SendDescriptor(string text, int descriptor)
    {
        using var datagram = Connected();
        var bytes = Encoding.ASCII.GetBytes(text);
        var (word, header) = (IntPtr.Size, IntPtr.Size + 8);
        // One block: the text, the vector that points to it, the control message with the descriptor, and the message that points to all.
        var block = Marshal.AllocHGlobal(bytes.Length + 256);
        try
        {
            for (var at = 0; at < 256; at++)
                Marshal.WriteByte(block, at, 0);
            var (vector, control, message, letters) = (block, block + (2 * word), block + (2 * word) + header + 8, block + 256);
            Marshal.Copy(bytes, 0, letters, bytes.Length);
            Marshal.WriteIntPtr(vector, letters);
            Marshal.WriteIntPtr(vector, word, bytes.Length);
            Marshal.WriteIntPtr(control, header + 4);               // cmsg_len
            Marshal.WriteInt32(control, word, 1);                   // SOL_SOCKET
            Marshal.WriteInt32(control, word + 4, 1);               // SCM_RIGHTS
            Marshal.WriteInt32(control, header, descriptor);
            Marshal.WriteIntPtr(message, 2 * word, vector);         // after msg_name and msg_namelen
            Marshal.WriteIntPtr(message, 3 * word, 1);
            Marshal.WriteIntPtr(message, 4 * word, control);
            Marshal.WriteIntPtr(message, 5 * word, header + 8);
            if (SendMessage((int)datagram.Handle, message, 0) < 0)
                throw new SocketException(Marshal.GetLastPInvokeError());
        }
        finally
        {
            Marshal.FreeHGlobal(block);
        }
    }

    [DllImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint SendMessage(int socket, IntPtr message, int flags);

    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(int descriptor, int command, int argument);
}
