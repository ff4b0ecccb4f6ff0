using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Kontena.Hosting.Bus;
using Xunit;

namespace Kontena.Hosting.Tests.Bus;

public sealed class OwnAddressTests
{
    /// <summary>For documentation, so nobody's.</summary>
    private const string Passing = "192.0.2.7";

    [Fact]
    public void An_address_of_nobody_is_not_ours()
    {
        Assert.True(OwnAddress.Has(IPAddress.Loopback));
        Assert.True(OwnAddress.Has(IPAddress.IPv6Loopback) || !Socket.OSSupportsIPv6);
        Assert.False(OwnAddress.Has(IPAddress.Parse(Passing)));
    }

    [Fact]
    public void A_connection_knows_when_its_address_has_gone()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("KONTENA_TEST_DOCKER") is not null, "addresses are only changed in a network of the tests' own (run the tests with infra/lib/sandbox)");
        Ip("add");
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var wire = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        wire.Bind(new IPEndPoint(IPAddress.Parse(Passing), 0));
        wire.Connect(listener.LocalEndPoint!);

        Assert.False(OwnAddress.IsGoneFrom(wire));
        Ip("del");
        Assert.True(OwnAddress.IsGoneFrom(wire));
        wire.Shutdown(SocketShutdown.Both);
        Assert.False(OwnAddress.IsGoneFrom(wire));
        wire.Dispose();
        Assert.False(OwnAddress.IsGoneFrom(wire));
    }

    private static void Ip(string what)
    {
        using var program = Process.Start("ip", ["addr", what, $"{Passing}/32", "dev", "lo"]);
        program.WaitForExit();
        Assert.Equal(0, program.ExitCode);
    }
}
