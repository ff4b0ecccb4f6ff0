using System.IO.Compression;
using System.Reflection;
using System.Text;
using Kontena.State.Backups;
using Kontena.State.Documents;

namespace Kontena.State.Tests.Backups;

public class BackupFileTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly Backup Sample = new()
    {
        Header = new BackupHeader(BackupFile.Format, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), Settled: true),
        Files = [new KeptFile("admin.token", "line\n")],
        Documents = [new KeptDocument("demo", "node", "ä\"\n", "{\"name\":\"x\"}"), new KeptDocument(StateKeys.System, "grid", "demo", "{}")],
    };

    [Fact]
    public async Task What_was_written_is_read_back()
    {
        var read = await BackupFile.ReadAsync(new MemoryStream(await PackAsync(Sample)), Token);

        Assert.Equal(Sample.Header, read.Header);
        Assert.Equal(Sample.Files, read.Files);
        Assert.Equal(Sample.Documents, read.Documents);
    }

    [Fact]
    public async Task A_file_that_was_cut_short_anywhere_is_refused()
    {
        var whole = await UnpackAsync(await PackAsync(Sample));
        for (var length = 0; length < whole.Length - 1; length++)
            await Assert.ThrowsAsync<BackupException>(() => BackupFile.ReadAsync(Gzip(whole[..length]), Token));
        var packed = await PackAsync(Sample);
        for (var length = 0; length < packed.Length / 2; length++)
            await Assert.ThrowsAsync<BackupException>(() => BackupFile.ReadAsync(new MemoryStream(packed[..length]), Token));
    }

    [Fact]
    public async Task A_line_that_was_changed_or_taken_out_is_noticed()
    {
        var text = Encoding.UTF8.GetString(await UnpackAsync(await PackAsync(Sample)));
        var changed = text.Replace("\\u0022x\\u0022", "\\u0022y\\u0022", StringComparison.Ordinal);
        Assert.NotEqual(text, changed);
        var lines = text.Split('\n');
        var shorter = string.Join('\n', lines.Where((_, at) => at != 2));

        foreach (var damaged in (string[])[changed, shorter])
        {
            var refused = await Assert.ThrowsAsync<BackupException>(() => BackupFile.ReadAsync(Gzip(Encoding.UTF8.GetBytes(damaged)), Token));
            Assert.Contains("changed or damaged", refused.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("{\"header\":{\"format\":99,\"takenAt\":\"2026-01-02T03:04:05+00:00\",\"settled\":true}}")]
    public async Task What_is_no_backup_of_ours_is_refused_with_a_reason(string text)
    {
        await Assert.ThrowsAsync<BackupException>(() => BackupFile.ReadAsync(Gzip(Encoding.UTF8.GetBytes(text)), Token));
        await Assert.ThrowsAsync<BackupException>(() => BackupFile.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), Token));
    }

    /// <summary>But for what is over in a day, and the epoch, which a restored installation must not know.</summary>
    [Fact]
    public void Every_kind_of_document_that_lasts_is_kept()
    {
        var passing = new[] { StateKeys.SchedulerEpoch.Name, StateKeys.AuthorizationCode.Name, StateKeys.LoginRequest.Name, StateKeys.KeyedRequest.Name, StateKeys.KeyedAnswer.Name };
        var kinds = typeof(StateKeys).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => field.GetValue(null)).OfType<IDocumentKind>().Select(kind => kind.Name);

        Assert.Equal(kinds.Except(passing).Order(StringComparer.Ordinal),
            StateKeys.Kept.Select(kind => kind.Name).Order(StringComparer.Ordinal));
    }

    private static async Task<byte[]> PackAsync(Backup backup)
    {
        using var file = new MemoryStream();
        await BackupFile.WriteAsync(file, backup, Token);
        return file.ToArray();
    }

    private static async Task<byte[]> UnpackAsync(byte[] packed)
    {
        using var text = new MemoryStream();
        await using var unpacking = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        await unpacking.CopyToAsync(text, Token);
        return text.ToArray();
    }

    private static MemoryStream Gzip(byte[] text)
    {
        var packed = new MemoryStream();
        using (var packing = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            packing.Write(text);
        packed.Position = 0;
        return packed;
    }
}
