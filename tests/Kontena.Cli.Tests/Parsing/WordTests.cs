using Kontena.Cli.Commands.Services;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Tests.Parsing;

/// <summary>Small texts that people type, and what they mean.</summary>
public sealed class WordTests
{
    [Theory]
    [InlineData("8080:80", "0.0.0.0", 8080, 80, "tcp")]
    [InlineData("127.0.0.1:53:5353/udp", "127.0.0.1", 53, 5353, "udp")]
    public void Ports_are_read(string text, string ip, int node, int container, string protocol)
    {
        var port = ServiceTexts.Port(text);
        Assert.Equal((ip, node, container, protocol), (port.Ip, port.NodePort, port.ContainerPort, port.Protocol));
    }

    [Theory]
    [InlineData("80")]
    [InlineData("x:80")]
    [InlineData("1:2:3:4")]
    [InlineData("80:80/icmp")]
    [InlineData("0:80")]
    [InlineData("99999:80")]
    public void Other_ports_are_refused(string text) =>
        Assert.Contains("Invalid port value", Assert.Throws<CliException>(() => ServiceTexts.Port(text)).Message);

    [Theory]
    [InlineData("nginx", "nginx:latest")]
    [InlineData("nginx:1", "nginx:1")]
    [InlineData("reg:5000/x", "reg:5000/x:latest")]
    [InlineData("reg:5000/x:2", "reg:5000/x:2")]
    [InlineData("x@sha256:ab", "x@sha256:ab")]
    public void An_image_without_a_tag_is_the_latest(string text, string image) => Assert.Equal(image, ServiceTexts.Image(text));

    [Theory]
    [InlineData("db", "db", "db")]
    [InlineData("shop/db", "shop/db", "db")]
    [InlineData("shop/db:database", "shop/db", "database")]
    public void Links_have_an_alias(string text, string name, string alias)
    {
        var link = ServiceTexts.Link(text);
        Assert.Equal((name, alias), (link.Name, link.Alias));
    }

    [Theory]
    [InlineData("512", 512L)]
    [InlineData("64m", 64L << 20)]
    [InlineData("1G", 1L << 30)]
    [InlineData("10k", 10240L)]
    [InlineData("10b", 10L)]
    [InlineData("-1", -1L)]
    [InlineData("x", null)]
    [InlineData("", null)]
    [InlineData("9999999999999g", null)]
    public void Sizes_are_read(string text, long? bytes) => Assert.Equal(bytes, Sizes.Parse(text));

    [Theory]
    [InlineData(67108864L, "67MB")]
    [InlineData(10240L, "10KB")]
    [InlineData(99L, "99B")]
    public void Sizes_are_written(long bytes, string text) => Assert.Equal(text, Sizes.Decimal(bytes));

    [Theory]
    [InlineData("15m", 900)]
    [InlineData("1h30m", 5400)]
    [InlineData("5min", 300)]
    [InlineData("7d", 604800)]
    [InlineData("1m23s", 83)]
    [InlineData("x", null)]
    [InlineData("5", null)]
    [InlineData("", null)]
    public void Durations_are_read(string text, int? seconds) => Assert.Equal(seconds, Durations.Seconds(text));

    [Theory]
    [InlineData(1, "1 second ago", "1s")]
    [InlineData(60, "60 seconds ago", "60s")]
    [InlineData(61, "1 minute ago", "1m")]
    [InlineData(7201, "2 hours ago", "2h")]
    [InlineData(259200, "3 days ago", "3d")]
    public void Ages_name_their_largest_unit(int seconds, string words, string terse)
    {
        var now = DateTimeOffset.UnixEpoch.AddDays(1000);
        Assert.Equal(words, Ages.Ago(now.AddSeconds(-seconds), now));
        Assert.Equal(terse, Ages.Terse(now.AddSeconds(-seconds), now));
    }
}
