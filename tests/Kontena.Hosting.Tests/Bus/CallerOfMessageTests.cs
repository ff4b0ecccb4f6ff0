using Kontena.Contracts.Identity;
using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;
using Xunit;

namespace Kontena.Hosting.Tests.Bus;

/// <summary>For whom a message is, as its header says.</summary>
public class CallerOfMessageTests
{
    private static readonly Caller Ann = new() { Id = "5a9f", Name = "änn@example.com\r\n", Kind = CallerKind.User, Address = "10.0.0.9", Program = "kontena-cli" };

    [Fact]
    public void A_caller_arrives_as_sent_and_its_header_is_plain_text()
    {
        var header = CallerOfMessage.Write(Ann);
        Assert.DoesNotContain(header, character => character is < ' ' or > '~');
        Assert.Equal(Ann, CallerOfMessage.Read(sender: null, header));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("not json")]
    public void Without_a_header_that_can_be_read_it_is_the_platform_itself(string? header) =>
        Assert.Equal(CallerOfMessage.System, CallerOfMessage.Read(sender: null, header));

    [Fact]
    public void A_node_can_ask_in_nobodys_name_but_its_own()
    {
        var caller = CallerOfMessage.Read(NodeOutlet.Of("ID:1", "prod", "core-1"), CallerOfMessage.Write(Ann));
        Assert.Equal((CallerKind.Node, "core-1"), (caller.Kind, caller.Name));
    }
}
