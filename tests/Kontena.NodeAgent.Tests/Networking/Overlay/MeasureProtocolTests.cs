using System.Net;
using System.Net.Sockets;
using Kontena.NodeAgent.Networking.Overlay;
using Xunit;

namespace Kontena.NodeAgent.Tests.Networking.Overlay;

public sealed class MeasureProtocolTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_ends_measure_the_way_between_them(bool throughput)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () => await MeasureProtocol.ServeAsync(await listener.AcceptSocketAsync(cancellation), cancellation), cancellation);

        var (roundTrip, megabits) = await MeasureProtocol.MeasureAsync(IPAddress.Loopback, (IPEndPoint)listener.LocalEndpoint, throughput, TimeProvider.System, cancellation);
        await serving;
        Assert.InRange(roundTrip, 0.0001, 1000);
        Assert.Equal(throughput, megabits is > 1);
    }

    [Fact]
    public async Task Whoever_says_something_else_is_hung_up_on()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () => await MeasureProtocol.ServeAsync(await listener.AcceptSocketAsync(cancellation), cancellation), cancellation);
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, cancellation);
        await client.GetStream().WriteAsync(new byte[] { 71 }, cancellation);
        await serving;
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], cancellation));
    }
}
