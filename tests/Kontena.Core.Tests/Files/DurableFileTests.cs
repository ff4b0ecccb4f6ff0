using System.Text;
using Kontena.Core.Files;
using Xunit;

namespace Kontena.Core.Tests.Files;

public sealed class DurableFileTests : IDisposable
{
    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private static readonly byte[] Old = Encoding.UTF8.GetBytes("old"), New = Encoding.UTF8.GetBytes("new");

    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-files-").FullName;

    private string Target => Path.Combine(_directory, "secret");

    private string Draft => Target + ".part";

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Until_all_of_it_is_written_the_target_is_the_old_one()
    {
        DurableFile.Write(Target, Old);
        await DurableFile.WriteAsync(Target, async stream =>
        {
            await stream.WriteAsync(New, TestContext.Current.CancellationToken);
            await stream.FlushAsync(TestContext.Current.CancellationToken);
            Assert.Equal("old", File.ReadAllText(Target));
        });
        Assert.Equal("new", File.ReadAllText(Target));
        AssertAlone();
    }

    [Fact]
    public async Task What_fails_half_way_leaves_the_target_and_no_draft()
    {
        DurableFile.Write(Target, Old);
        await Assert.ThrowsAsync<IOException>(() => DurableFile.WriteAsync(Target, async stream =>
        {
            await stream.WriteAsync(New, TestContext.Current.CancellationToken);
            throw new IOException("No space left on device");
        }));
        Assert.Equal("old", File.ReadAllText(Target));
        AssertAlone();
    }

    [Fact]
    public async Task A_target_that_cannot_be_replaced_leaves_no_draft()
    {
        Directory.CreateDirectory(Path.Combine(Target, "occupied"));
        Assert.ThrowsAny<Exception>(() => DurableFile.Write(Target, New));
        Assert.ThrowsAny<Exception>(() => DurableFile.WriteAmongOthers(Target, New));
        await Assert.ThrowsAnyAsync<Exception>(() => DurableFile.WriteAsync(Target, New, TestContext.Current.CancellationToken));
        AssertAlone();
    }

    [Fact]
    public async Task It_is_its_owners_alone_from_the_first_byte_on()
    {
        if (OperatingSystem.IsWindows())
            return;
        // What a crash left, readable by everybody: it must not lend its mode.
        File.WriteAllText(Draft, "half of");
        File.SetUnixFileMode(Draft, Everybody);
        await DurableFile.WriteAsync(Target, async stream =>
        {
            if (!OperatingSystem.IsWindows())
                Assert.Equal(DurableFile.OwnerOnly, File.GetUnixFileMode(Draft));
            Assert.Equal(0, new FileInfo(Draft).Length);
            await stream.WriteAsync(New, TestContext.Current.CancellationToken);
        });
        Assert.Equal(DurableFile.OwnerOnly, File.GetUnixFileMode(Target));
        Assert.Equal("new", File.ReadAllText(Target));
        AssertAlone();
    }

    [Fact]
    public void A_target_that_everybody_could_read_is_its_owners_afterwards()
    {
        if (OperatingSystem.IsWindows())
            return;
        foreach (var write in (Action[])[() => DurableFile.Write(Target, New), () => DurableFile.WriteAmongOthers(Target, New)])
        {
            File.WriteAllText(Target, "old and longer");
            File.SetUnixFileMode(Target, Everybody);
            write();
            Assert.Equal(DurableFile.OwnerOnly, File.GetUnixFileMode(Target));
            Assert.Equal("new", File.ReadAllText(Target));
        }
    }

    [Fact]
    public void A_draft_that_leads_elsewhere_is_not_followed()
    {
        var elsewhere = Path.Combine(_directory, "elsewhere");
        File.WriteAllText(elsewhere, "theirs");
        File.CreateSymbolicLink(Draft, elsewhere);
        DurableFile.Write(Target, New);
        Assert.Equal("theirs", File.ReadAllText(elsewhere));
        Assert.Null(new FileInfo(Target).LinkTarget);
        Assert.Equal("new", File.ReadAllText(Target));
    }

    [Fact]
    public async Task Of_those_who_make_a_file_at_once_one_does_and_the_others_leave_it()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 16).Select(number => Task.Run(() => (Text: $"{number}", Mine: DurableFile.Create(Target, Encoding.UTF8.GetBytes($"{number}"))))));
        Assert.Equal(File.ReadAllText(Target), Assert.Single(made, one => one.Mine).Text);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(DurableFile.OwnerOnly, File.GetUnixFileMode(Target));
        AssertAlone();
    }

    [Fact]
    public async Task Of_those_who_write_a_file_at_once_one_is_there_whole()
    {
        var texts = Enumerable.Range(0, 16).Select(number => new string((char)('a' + number), 20_000)).ToList();
        await Task.WhenAll(texts.Select(text => Task.Run(() => DurableFile.WriteAmongOthers(Target, Encoding.UTF8.GetBytes(text)))));
        Assert.Contains(File.ReadAllText(Target), texts);
        AssertAlone();
    }

    [Fact]
    public void A_directory_is_its_owners_alone()
    {
        if (OperatingSystem.IsWindows())
            return;
        var deep = Path.Combine(_directory, "a", "b");
        DurableFile.MakeDirectory(deep);
        DurableFile.MakeDirectory(deep);
        Assert.Equal(DurableFile.OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(deep));
        DurableFile.Write(Path.Combine(deep, "one"), Old);
        DurableFile.Move(Path.Combine(deep, "one"), Path.Combine(deep, "other"));
        DurableFile.Delete(Path.Combine(deep, "other"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(deep));
    }

    private void AssertAlone() => Assert.Equal([Target], Directory.EnumerateFileSystemEntries(_directory));
}
