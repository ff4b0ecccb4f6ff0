using Kontena.NodeAgent.Joining;
using Xunit;

namespace Kontena.NodeAgent.Tests.Joining;

public sealed class JoinArgumentsTests
{
    [Fact]
    public void A_line_is_read()
    {
        var (wanted, mistake) = JoinArguments.Read(["https://m:9442", "tok", "--ca-fingerprint", "ab", "--name", "n1", "--label", "a=b", "--label", "c"], "other");
        Assert.Null(mistake);
        Assert.Equal(("https://m:9442/", "tok", "ab", "n1"), (wanted!.Master.AbsoluteUri, wanted.Token, wanted.Fingerprint, wanted.Name));
        Assert.Equal(["a=b", "c"], wanted.Labels);
        Assert.Equal("other", JoinArguments.Read(["https://m"], " other ").Wanted!.Token);
        Assert.Null(JoinArguments.Read(["https://m"], null).Wanted!.Token);
    }

    [Theory]
    [InlineData("", "address of the master is missing")]
    [InlineData("m:9442 tok", "no address of a master")]
    [InlineData("https://m a b", "too many")]
    [InlineData("https://m --frob", "unknown option --frob")]
    [InlineData("https://m tok --name", "--name needs a value")]
    public void Mistakes_are_said(string line, string expected) =>
        Assert.Contains(expected, JoinArguments.Read(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), null).Mistake, StringComparison.Ordinal);
}
