using Kontena.Core.Networking;
using Xunit;

namespace Kontena.Core.Tests.Networking;

public sealed class HostAddressTests
{
    [Theory]
    [InlineData("10.0.0.9")]
    [InlineData("203.0.113.255")]
    public void An_address_of_one_host_is_taken_as_it_is(string text) => Assert.Equal(text, HostAddress.Plain(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("10.0.0.9 -j ACCEPT")]
    [InlineData("10.0.0.9\n-A INPUT -j ACCEPT")]
    [InlineData("10.0.0.0/8")]
    [InlineData("10.9")]
    [InlineData("010.0.0.9")]
    [InlineData("0x0a000009")]
    [InlineData("::1")]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    public void Nothing_else_is_one(string? text) => Assert.Null(HostAddress.Plain(text));
}
