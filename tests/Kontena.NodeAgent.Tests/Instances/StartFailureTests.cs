using Kontena.Contracts.Services;
using Kontena.NodeAgent.Instances.Steps;
using Xunit;

namespace Kontena.NodeAgent.Tests.Instances;

/// <summary>The texts are those of Docker Engine 20.10.</summary>
public sealed class StartFailureTests
{
    private static readonly PortMapping[] Ports = [new(80, 8080, "0.0.0.0", "tcp"), new(8999, 80, "0.0.0.0", "tcp")];

    [Theory]
    [InlineData("driver failed programming external connectivity on endpoint web-1 (1ae3eb): Error starting userland proxy: listen tcp4 0.0.0.0:8999: bind: address already in use")]
    [InlineData("driver failed programming external connectivity on endpoint web-1 (1ae3eb): Bind for 0.0.0.0:8999 failed: port is already allocated")]
    public void A_taken_port_is_named_with_the_remedy(string engine)
    {
        var text = StartFailure.Explain(engine, Ports);

        Assert.StartsWith("port 8999/tcp of this node is taken by something that Kontena did not start. End that, or publish another port. (", text, StringComparison.Ordinal);
        Assert.DoesNotContain("1ae3eb", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_is_not_there_points_to_the_command()
    {
        var text = StartFailure.Explain(
            "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"/nope\": stat /nope: no such file or directory: unknown", Ports);

        Assert.Equal("its program can't be run: \"/nope\": stat /nope: no such file or directory. Check command, entrypoint and image", text);
    }

    [Fact]
    public void A_full_block_says_what_to_do()
    {
        const string Engine = "failed to set up container networking: no available IPv4 addresses on this network's address pools: kontena-test (3c5a)";
        Assert.StartsWith("no address is left in this node's block of the grid's subnet: remove containers there, or add a node.", StartFailure.Explain(Engine, Ports), StringComparison.Ordinal);
        Assert.True(StartFailure.IsFull(Engine));
        Assert.False(StartFailure.IsFull("no space left on device"));
    }

    [Fact]
    public void What_is_not_known_stays_as_the_engine_said_it() => Assert.Equal("no space left on device", StartFailure.Explain("no space left on device", Ports));
}
