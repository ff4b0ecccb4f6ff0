using System.Diagnostics;
using System.Formats.Tar;

namespace Kontena.Docker.Tests.Builds;

public sealed class BuildContextTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kontena-context-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_tar_holds_the_directory_without_what_is_ignored()
    {
        Write("Dockerfile", "FROM scratch");
        Write(".dockerignore", "bin\n**/*.log\nDockerfile\n.dockerignore\n");
        Write("app/main.sh", "echo", executable: true);
        Write("app/trace.log", "x");
        Write("bin/out", "x");
        Directory.CreateDirectory(At("empty"));
        File.CreateSymbolicLink(At("link"), "app/main.sh");
        File.CreateSymbolicLink(At("dangling"), "/nowhere");
        Directory.CreateSymbolicLink(At("dirlink"), "app");

        var entries = await EntriesAsync();

        Assert.Equal(
            [".dockerignore", "Dockerfile", "app/", "app/main.sh", "dangling", "dirlink", "empty/", "link"], entries.Select(e => e.Name));
        Assert.Equal("app/main.sh", entries[^1].LinkName);
        Assert.All(entries.Where(e => e.EntryType == TarEntryType.SymbolicLink), e => Assert.NotEmpty(e.LinkName));
        Assert.True(entries.Single(e => e.Name == "app/main.sh").Mode.HasFlag(UnixFileMode.UserExecute));
        Assert.All(entries, e => Assert.Equal((0, 0), (e.Uid, e.Gid)));
    }

    [Fact]
    public async Task A_file_taken_back_is_sent_although_its_directory_is_ignored()
    {
        Write("Dockerfile", "FROM scratch");
        Write(".dockerignore", "vendor\n!vendor/keep.txt\n");
        Write("vendor/keep.txt", "x");
        Write("vendor/drop.txt", "x");

        var names = (await EntriesAsync()).Select(e => e.Name).ToList();

        Assert.Contains("vendor/keep.txt", names);
        Assert.DoesNotContain("vendor/drop.txt", names);
    }

    [Fact]
    public async Task A_Dockerfile_in_an_ignored_directory_is_sent()
    {
        Write(".dockerignore", "docker\n");
        Write("docker/Dockerfile.web", "FROM scratch");
        Write("docker/other", "x");

        var names = (await EntriesAsync("docker/Dockerfile.web")).Select(e => e.Name).ToList();

        Assert.Equal([".dockerignore", "docker/Dockerfile.web"], names);
    }

    [Fact]
    public async Task A_pipe_does_not_make_it_wait()
    {
        Write("Dockerfile", "FROM scratch");
        using (var mkfifo = Process.Start("mkfifo", At("pipe"))) await mkfifo.WaitForExitAsync(Cancel);

        Assert.Contains("pipe", (await EntriesAsync()).Select(e => e.Name));
    }

    [Fact]
    public async Task Over_the_limit_it_says_what_to_do_and_leaves_no_file()
    {
        Write("Dockerfile", "FROM scratch");
        Write("big", new string('x', 3 * 1024 * 1024));

        var e = await Assert.ThrowsAsync<BuildContextException>(() => BuildContext.OpenAsync(_directory.FullName, maxBytes: 1024 * 1024, cancellationToken: Cancel));

        Assert.Contains("1 MiB", e.Message);
        Assert.Contains(".dockerignore", e.Message);
    }

    [Theory]
    [InlineData("Dockerfile", "There is no Dockerfile in")]
    [InlineData("../Dockerfile", "lies outside")]
    public async Task A_missing_or_foreign_Dockerfile_is_refused(string dockerfile, string says)
    {
        var e = await Assert.ThrowsAsync<BuildContextException>(() => BuildContext.OpenAsync(_directory.FullName, dockerfile, cancellationToken: Cancel));

        Assert.Contains(says, e.Message);
    }

    [Fact]
    public async Task A_missing_directory_is_refused() =>
        await Assert.ThrowsAsync<BuildContextException>(() => BuildContext.OpenAsync(At("nowhere"), cancellationToken: Cancel));

    public void Dispose() => _directory.Delete(recursive: true);

    private string At(string path) => Path.Combine(_directory.FullName, path);

    private void Write(string path, string text, bool executable = false)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
        if (executable && !OperatingSystem.IsWindows()) File.SetUnixFileMode(At(path), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private async Task<List<TarEntry>> EntriesAsync(string dockerfile = "Dockerfile")
    {
        await using var tar = await BuildContext.OpenAsync(_directory.FullName, dockerfile, cancellationToken: Cancel);
        await using var reader = new TarReader(tar);
        var entries = new List<TarEntry>();
        while (await reader.GetNextEntryAsync(copyData: true, Cancel) is { } entry) entries.Add(entry);
        return entries;
    }
}
