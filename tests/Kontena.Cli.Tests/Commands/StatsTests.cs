using Kontena.Cli.Output;
using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Commands;

public sealed class StatsTests : CliTest
{
    private const string Stats = "/v1/services/main/shop/web/stats";
    private const string Body =
        """{"stats":[{"container_id":"shop.web-1","cpu":{"usage":12.5,"limit":200,"num_cores":2},"memory":{"usage":12345678,"limit":100000000},"""
        + """ "network":{"internal":{"interfaces":["eth0"],"rx_bytes":1230,"rx_bytes_per_second":0,"tx_bytes":99,"tx_bytes_per_second":0},"""
        + """ "external":{"interfaces":[],"rx_bytes":0,"rx_bytes_per_second":0,"tx_bytes":0,"tx_bytes_per_second":0}}},"""
        + """ {"container_id":"shop.web-2","cpu":{"usage":0,"limit":200,"num_cores":2},"memory":{"usage":0,"limit":9223372036854771712},"network":null},"""
        + """ {"container_id":"shop.web-3","cpu":null,"memory":null,"network":null}]}""";

    [Fact]
    public async Task Each_container_shows_what_it_uses_and_what_is_not_known()
    {
        Master.On("GET", Stats, Body);

        Assert.Equal(0, await RunAsync("service", "stats", "shop/web"));

        Assert.Equal(
            "INSTANCE     CPU %    MEM USAGE/LIMIT   MEM %    NET I/O\n"
            + "shop.web-1   12.50%   12.35M/100M       12.35%   1.23K/99B\n"
            + "shop.web-2   0.00%    0B/N/A            N/A      N/A/N/A\n"
            + "shop.web-3   N/A      N/A/N/A           N/A      N/A/N/A\n",
            Out);
    }

    [Fact]
    public async Task As_json_it_is_the_body_of_the_api()
    {
        Master.On("GET", Stats, """{"stats":[]}""");

        Assert.Equal(0, await RunAsync("service", "stats", "--json", "shop/web"));

        Assert.Equal("""{"stats":[]}""", Out.Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, "0B")]
    [InlineData(999, "999B")]
    [InlineData(1_230, "1.23K")]
    [InlineData(999_999, "1M")]
    [InlineData(12_345_678, "12.35M")]
    [InlineData(long.MaxValue, "9223.37P")]
    public void Sizes_are_short(long bytes, string text) => Assert.Equal(text, Sizes.Short(bytes));
}
