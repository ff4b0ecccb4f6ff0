using Kontena.StackFiles.Yaml;
using Xunit;

namespace Kontena.StackFiles.Tests;

public sealed class DiskFilesTests
{
    [Fact]
    public void A_file_is_read_and_a_missing_one_is_none()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "stack: a/ü");
        Assert.Equal("stack: a/ü", new DiskFiles().ReadText(path));
        File.Delete(path);
        Assert.Null(new DiskFiles().ReadText(path));
    }

    [Fact]
    public void Reading_ends_at_the_limit_also_where_the_length_is_not_known()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "no /dev/zero here");
        var refusal = Assert.Throws<InvalidDataException>(() => new DiskFiles().ReadText("/dev/zero"));
        Assert.Contains($"{YamlLimits.FileBytes:N0}", refusal.Message, StringComparison.Ordinal);
    }
}
