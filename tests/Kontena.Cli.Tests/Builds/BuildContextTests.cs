using System.Formats.Tar;
using Kontena.Cli.Builds;

namespace Kontena.Cli.Tests.Builds;

public sealed class BuildContextTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("kontena-build-").FullName;

    [Fact]
    public async Task A_context_holds_files_links_and_modes_but_no_owners()
    {
        Put("Dockerfile", "FROM scratch");
        Put("bin/run", "#!/bin/sh");
        File.SetUnixFileMode(Path.Combine(directory, "bin/run"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(Path.Combine(directory, "link"), "bin/run");
        var entries = await PackAsync();
        Assert.Equal(["Dockerfile", "bin/", "bin/run", "link"], entries.Select(entry => entry.Name));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserExecute, entries[2].Mode);
        Assert.Equal("bin/run", entries[3].LinkName);
        Assert.All(entries, entry => Assert.Equal(0, entry.Uid));
    }

    [Fact]
    public async Task Ignored_files_stay_out_except_what_the_build_needs()
    {
        Put("Dockerfile", "x");
        Put(".dockerignore", "*\n!keep\n!src\nsrc/**/*.tmp\n");
        Put("keep", "x");
        Put("drop", "x");
        Put("src/a/b.tmp", "x");
        Put("src/a/b.txt", "x");
        Assert.Equal([".dockerignore", "Dockerfile", "keep", "src/", "src/a/", "src/a/b.txt"], (await PackAsync()).Select(entry => entry.Name));
    }

    [Theory]
    [InlineData("*.log", "a.log", true)]
    [InlineData("*.log", "x/a.log", false)]
    [InlineData("**/*.log", "x/y/a.log", true)]
    [InlineData("**/*.log", "a.log", true)]
    [InlineData("node_modules", "node_modules/a/b", true)]
    [InlineData("/build/", "build/x", true)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "a/c", false)]
    [InlineData("# comment", "# comment", false)]
    [InlineData("x\n!x/keep", "x/keep", false)]
    public void Rules_match_as_docker_does(string rules, string path, bool ignored) => Assert.Equal(ignored, IgnoreRules.Parse(rules).Ignores(path));

    [Fact]
    public async Task A_missing_directory_is_said() =>
        Assert.Contains("does not exist", (await Assert.ThrowsAsync<CliException>(() => BuildContext.PackAsync("/nope", "Dockerfile", TestContext.Current.CancellationToken))).Message);

    public void Dispose() => Directory.Delete(directory, recursive: true);

    private void Put(string name, string text)
    {
        var path = Path.Combine(directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private async Task<List<TarEntry>> PackAsync()
    {
        await using var tar = await BuildContext.PackAsync(directory, "Dockerfile", TestContext.Current.CancellationToken);
        using var reader = new TarReader(tar);
        var entries = new List<TarEntry>();
        while (await reader.GetNextEntryAsync(copyData: true, TestContext.Current.CancellationToken) is { } entry) entries.Add(entry);
        return entries;
    }
}
