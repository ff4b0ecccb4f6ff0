using System.Net;
using System.Net.NetworkInformation;
using Kontena.NodeAgent.Networking.Overlay;
using Xunit;

namespace Kontena.NodeAgent.Tests.Networking.Overlay;

public sealed class EchoEarTests
{
    [Fact]
    public async Task Who_has_sent_a_ping_is_heard_once_and_who_was_only_answered_is_not()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "raw sockets are root's");
        using var ear = new EchoEar();
        Assert.Empty(ear.HeardSinceLast("127.0.0.7"));
        using var ping = new Ping();
        // Larger than what the ear looks at of a packet.
        await ping.SendPingAsync(IPAddress.Parse("127.0.0.7"), 500, new byte[1400]);

        Assert.Equal(["127.0.0.1"], ear.HeardSinceLast("127.0.0.7"));
        Assert.Empty(ear.HeardSinceLast("127.0.0.7"));
    }

    [Fact]
    public void An_address_that_is_not_there_hears_nobody()
    {
        using var ear = new EchoEar();
        Assert.Empty(ear.HeardSinceLast("203.0.113.1"));
    }
}
