using System.Net;
using System.Net.Sockets;
using System.Text;
using Kontena.NodeAgent.Health;
using Xunit;

namespace Kontena.NodeAgent.Tests.Health;

public class ProbeTests
{
    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private static async Task AnswerAsync(TcpListener listener, string? answer)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var buffer = new byte[4096];
        Assert.NotEqual(0, await client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken));
        if (answer is null)
            Assert.Equal(0, await client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken)); // until the prober gives up
        else
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", null)]
    [InlineData("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n", null)]
    [InlineData("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", "status 404")]
    [InlineData(null, "no answer within")]
    public async Task Http_is_healthy_from_200_to_399_and_must_answer_in_time(string? answer, string? complaint)
    {
        using var listener = Listen();
        var answering = AnswerAsync(listener, answer);

        var found = await UntilHttpOk.AnswersAsync("127.0.0.1", PortOf(listener), "/", answer is null ? Short : Ample, TimeProvider.System, TestContext.Current.CancellationToken);
        await answering;

        if (complaint is null)
            Assert.Null(found);
        else
            Assert.Contains(complaint, found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_port_is_waited_for_until_the_deadline()
    {
        using var listener = Listen();
        var port = PortOf(listener);
        listener.Stop();

        Assert.False(await UntilPortOpens.WaitAsync(
            "127.0.0.1", port, TimeProvider.System.GetUtcNow().AddMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_port_that_opens_ends_the_wait()
    {
        using var listener = Listen();

        Assert.True(await UntilPortOpens.WaitAsync(
            "127.0.0.1", PortOf(listener), TimeProvider.System.GetUtcNow().Add(Ample), TimeProvider.System, TestContext.Current.CancellationToken));
    }
}
