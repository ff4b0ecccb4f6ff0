using Kontena.Core.Services;
using Xunit;

namespace Kontena.Core.Tests.Services;

public sealed class TextGrammarTests
{
    [Theory]
    [InlineData("23s", 23)]
    [InlineData("1m23s", 83)]
    [InlineData("1h1m12.3s", 3672)]
    [InlineData("0.5h", 1800)]
    [InlineData("0.1s0.9s", 1)]
    [InlineData("24h", 86400)]
    public void Durations(string text, int seconds)
    {
        Assert.True(DurationText.TryParse(text, out var read));
        Assert.Equal(seconds, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("100ms")]
    [InlineData("xx5sfoo")]
    [InlineData("1.s")]
    [InlineData(".5s")]
    [InlineData("1..5s")]
    [InlineData("-1s")]
    [InlineData("25h")]
    [InlineData("1e3s")]
    [InlineData("99999999999999999999999h")]
    public void Not_durations(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData("/data", null, null, "/data", null)]
    [InlineData("/host:/data", "/host", null, "/data", null)]
    [InlineData("/host:/data:ro:z", "/host", null, "/data", "ro,z")]
    [InlineData("db:/data:ro", null, "db", "/data", "ro")]
    [InlineData("./x:/data", null, "./x", "/data", null)]
    public void Volumes(string text, string? bind, string? volume, string path, string? flags)
    {
        Assert.Equal(new VolumeText(path, bind, volume, flags), VolumeText.Parse(text, out var mistake));
        Assert.Null(mistake);
    }

    [Theory]
    [InlineData("data")]
    [InlineData("")]
    [InlineData("/data:ro")]
    [InlineData("db:data")]
    [InlineData("db:")]
    [InlineData(":/data")]
    public void Not_volumes(string text)
    {
        Assert.Null(VolumeText.Parse(text, out var mistake));
        Assert.Contains($"'{text}'", mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SIGTERM", true)]
    [InlineData("sigusr1", true)]
    [InlineData("SIGRTMIN+3", true)]
    [InlineData("sigrtmax-2", true)]
    [InlineData("15", true)]
    [InlineData("TERM", false)]
    [InlineData("SIG", false)]
    [InlineData("SIGRTMIN+", false)]
    [InlineData("SIG TERM", false)]
    [InlineData("-9", false)]
    public void Stop_signals(string text, bool good) => Assert.Equal(good, StopSignalText.IsValid(text));
}
