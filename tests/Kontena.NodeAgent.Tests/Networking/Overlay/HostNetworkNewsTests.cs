using System.Diagnostics;
using Kontena.NodeAgent.Networking.Overlay;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.NodeAgent.Tests.Networking.Overlay;

/// <summary>In the network namespace of the tests' own engine.</summary>
public sealed class HostNetworkNewsTests : IAsyncDisposable
{
    private readonly HostNetworkNews _news = new(NullLogger<HostNetworkNews>.Instance);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _news.StopAsync(CancellationToken.None);
        _news.Dispose();
    }

    [Theory]
    [InlineData("ip link add news0 type veth peer name news1", "ip link del news0")]
    [InlineData("iptables-nft -w -N kontena-news", "iptables-nft -w -X kontena-news")]
    public async Task The_kernel_tells_of_a_change(string change, string back)
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("KONTENA_TEST_DOCKER") is null, "no root, no namespace to change: run infra/test as root");
        await _news.StartAsync(Token);
        while (!_news.Hears)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        try
        {
            var heard = _news.ChangedAsync(Token);
            Assert.False(heard.IsCompleted);
            await RunAsync(change);
            await heard.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Token);
        }
        finally
        {
            await RunAsync(back);
        }
    }

    private static async Task RunAsync(string command)
    {
        using var process = Process.Start("/bin/sh", ["-c", command]);
        await process.WaitForExitAsync(Token);
        Assert.Equal(0, process.ExitCode);
    }
}
