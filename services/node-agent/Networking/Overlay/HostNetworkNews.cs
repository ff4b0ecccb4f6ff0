using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>
/// Hears from the kernel (netlink) that an interface, an address, a route or a rule of the firewall has changed, so that the host is looked at then, and not all the
/// time. What the kernel does not tell of, as rules of <c>iptables-legacy</c> and the state of tunnels, is found by the slow look.
/// </summary>
internal sealed class HostNetworkNews(ILogger<HostNetworkNews> logger) : BackgroundService
{
    // Of linux/netlink.h, linux/rtnetlink.h, linux/netfilter/nfnetlink.h, poll.h.
    private const int AddressFamily = 16;
    private const int RawUntilExec = 3 | 0x80000;
    private const int Route = 0;
    private const int Netfilter = 12;
    private const uint LinksAddressesRoutes = 0x1 | 0x10 | 0x40;
    private const uint Nftables = 1 << 6;
    private const short Readable = 1;

    /// <summary>A thread in poll(2) sees once in this time whether the process ends.</summary>
    private const int PollMilliseconds = 1000;

    private readonly Signal _changed = new();
    private volatile bool _hears;

    /// <summary>Whether the kernel tells; where it does not, everything is looked at often.</summary>
    public bool Hears => _hears;

    /// <summary>Something has changed of which the kernel does not know.</summary>
    public void Add() => _changed.Set();

    /// <summary>Until something has changed, now or since the last call. For one reader.</summary>
    public Task ChangedAsync(CancellationToken cancellationToken) => _changed.WaitAsync(cancellationToken);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => OperatingSystem.IsLinux()
        ? Task.Factory.StartNew(() => Listen(stoppingToken), stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)
        : Task.CompletedTask;

    private void Listen(CancellationToken stoppingToken)
    {
        int[] sockets = [Open(Route, LinksAddressesRoutes), Open(Netfilter, Nftables)];
        try
        {
            if (sockets.Any(one => one < 0))
            {
                logger.LogInformation("The kernel does not tell of changes to the network; it is looked at every few seconds instead");
                return;
            }

            _hears = true;
            var message = new byte[8192];
            while (!stoppingToken.IsCancellationRequested)
            {
                var waits = sockets.Select(one => new PollEntry { Socket = one, Wanted = Readable }).ToArray();
                if (Poll(waits, (nuint)waits.Length, PollMilliseconds) <= 0)
                    continue;
                foreach (var one in waits.Where(one => one.Seen != 0))
                {
                    // What it was does not matter; of what did not fit, or was dropped, it is enough to know that there was something.
                    _ = Receive(one.Socket, message, (nuint)message.Length, 0);
                }

                _changed.Set();
            }
        }
        finally
        {
            _hears = false;
            foreach (var one in sockets.Where(one => one >= 0))
                _ = Close(one);
        }
    }

    private static int Open(int protocol, uint groups)
    {
        var opened = OpenSocket(AddressFamily, RawUntilExec, protocol);
        if (opened < 0)
            return opened;
        var address = new NetlinkAddress { Family = AddressFamily, Groups = groups };
        if (Bind(opened, ref address, Marshal.SizeOf<NetlinkAddress>()) == 0)
            return opened;
        _ = Close(opened);
        return -1;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct NetlinkAddress
    {
        public ushort Family;
        public ushort Padding;
        public uint Port;
        public uint Groups;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Socket;
        public short Wanted;
        public short Seen;
    }

    [DllImport("libc", EntryPoint = "socket")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenSocket(int family, int type, int protocol);

    [DllImport("libc", EntryPoint = "bind")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Bind(int socket, ref NetlinkAddress address, int length);

    [DllImport("libc", EntryPoint = "poll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Poll([In, Out] PollEntry[] entries, nuint count, int milliseconds);

    [DllImport("libc", EntryPoint = "recv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Receive(int socket, byte[] into, nuint length, int flags);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int socket);
}
