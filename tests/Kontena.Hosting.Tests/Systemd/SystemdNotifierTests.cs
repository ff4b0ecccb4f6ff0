using System.Net.Sockets;
using System.Text;
using Kontena.Hosting.Systemd;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.Hosting.Tests.Systemd;

public sealed class SystemdNotifierTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"kontena-notify-{Environment.ProcessId}");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Systemd_is_told_when_the_process_is_up_and_when_it_stops(bool isAbstract)
    {
        var name = isAbstract ? "@" + _path : _path;
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + _path : _path));
        var notifier = new SystemdNotifier(NullLogger<SystemdNotifier>.Instance, name);
        await notifier.StartedAsync(Token);
        Assert.Equal("READY=1", await ReceiveAsync(systemd));
        await notifier.StoppingAsync(Token);
        Assert.Equal("STOPPING=1", await ReceiveAsync(systemd));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("/nowhere/notify")]
    public async Task Without_systemd_the_process_runs_as_well(string? socket) =>
        await new SystemdNotifier(NullLogger<SystemdNotifier>.Instance, socket).StartedAsync(Token);

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        var buffer = new byte[100];
        return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, Token));
    }
}
