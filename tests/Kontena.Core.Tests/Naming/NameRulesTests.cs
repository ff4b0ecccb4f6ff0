using Kontena.Core.Naming;
using Xunit;

namespace Kontena.Core.Tests.Naming;

public sealed class NameRulesTests
{
    [Theory]
    [InlineData("web", true)]
    [InlineData("-ab", true)]
    [InlineData("a_B-9", true)]
    [InlineData("ab", false)]
    [InlineData("web\n", false)]
    [InlineData("a.b", false)]
    [InlineData("ünder", false)]
    [InlineData("_system", false)]
    public void Grid_names(string name, bool good) => Assert.Equal(good, NameRules.IsGrid(name));

    [Theory]
    [InlineData("w", true)]
    [InlineData("_w", true)]
    [InlineData("-w", false)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a\nb", false)]
    public void Stack_and_service_names(string name, bool good) => Assert.Equal(good, NameRules.IsStackOrService(name));

    [Theory]
    [InlineData("core-01.example.org", true)]
    [InlineData("-core", false)]
    [InlineData(".core", false)]
    [InlineData("a/b", false)]
    public void Node_names(string name, bool good) => Assert.Equal(good, NameRules.IsNode(name));

    [Fact]
    public void Names_have_a_limit()
    {
        Assert.True(NameRules.IsStackOrService(new string('a', 63)));
        Assert.False(NameRules.IsStackOrService(new string('a', 64)));
    }
}
