using Kontena.Docker.Builds;

namespace Kontena.Docker.Tests.Builds;

public class DockerIgnoreTests
{
    [Theory]
    [InlineData("bin", "bin", true)]
    [InlineData("bin", "bin/a/b.dll", true)]
    [InlineData("/bin/", "bin/a", true)]
    [InlineData("bin", "src/bin", false)]
    [InlineData("**/bin", "src/bin/x", true)]
    [InlineData("**/bin", "bin", true)]
    [InlineData("*.log", "a.log", true)]
    [InlineData("*.log", "dir/a.log", false)]
    [InlineData("**/*.log", "a/b/c.log", true)]
    [InlineData("**/*.log", "c.log", true)]
    [InlineData("a/**", "a/b/c", true)]
    [InlineData("a/**", "ab/c", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "a/c", false)]
    [InlineData("[a-c].txt", "b.txt", true)]
    [InlineData("[a-c].txt", "d.txt", false)]
    [InlineData("a.b", "axb", false)]
    [InlineData("./x/../y", "y/z", true)]
    [InlineData("\\*", "*", true)]
    [InlineData("\\*", "a", false)]
    [InlineData("..", "a", false)]
    [InlineData("# bin", "# bin", false)]
    [InlineData("  bin  ", "bin", true)]
    public void A_pattern_means_what_Docker_means_by_it(string pattern, string path, bool ignored) =>
        Assert.Equal(ignored, DockerIgnore.Parse(pattern).Ignores(path));

    [Fact]
    public void The_last_match_decides()
    {
        var ignore = DockerIgnore.Parse("*\n!src\nsrc/secret\r\n!src/secret/public.txt\n");

        Assert.True(ignore.Ignores("readme"));
        Assert.False(ignore.Ignores("src/a"));
        Assert.True(ignore.Ignores("src/secret/key"));
        Assert.False(ignore.Ignores("src/secret/public.txt"));
        Assert.True(ignore.TakesBack);
    }

    [Fact]
    public void A_broken_pattern_is_named_with_its_line()
    {
        var e = Assert.Throws<BuildContextException>(() => DockerIgnore.Parse("bin\n[z-a]\n"));

        Assert.StartsWith(".dockerignore:2: '[z-a]'", e.Message);
    }

    [Fact]
    public void A_hostile_pattern_does_not_make_matching_slow()
    {
        var ignore = DockerIgnore.Parse(string.Concat(Enumerable.Repeat("**/*a", 50)) + "b");

        Assert.False(ignore.Ignores(new string('a', 5000)));
    }
}
