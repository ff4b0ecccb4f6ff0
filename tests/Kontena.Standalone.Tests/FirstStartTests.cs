using Kontena.Hosting;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Kontena.Standalone.Tests;

public sealed class FirstStartTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-standalone-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_token_is_made_once_and_given_to_grid_and_agent()
    {
        var first = Prepared();
        Assert.True(first["Kontena:Grid:Token"]!.Length >= 64);
        Assert.Equal(first["Kontena:Grid:Token"], first["Kontena:Agent:Token"]);
        Assert.Equal("default", first["Kontena:Grid:Name"]);
        Assert.Equal(first["Kontena:Grid:Token"], Prepared()["Kontena:Grid:Token"]);
    }

    [Fact]
    public void Only_its_owner_can_read_the_token()
    {
        Prepared();
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_directory, "grid.token")));
    }

    [Fact]
    public void Settings_that_are_given_win_and_nothing_is_kept()
    {
        var settings = Prepared(("Kontena:Grid:Token", "given-token-of-the-grid"), ("Kontena:Grid:Name", "prod"), ("Kontena:Agent:Token", "the-nodes-own"));
        Assert.Equal(("given-token-of-the-grid", "prod", "the-nodes-own"), (settings["Kontena:Grid:Token"], settings["Kontena:Grid:Name"], settings["Kontena:Agent:Token"]));
        Assert.False(File.Exists(Path.Combine(_directory, "grid.token")));
    }

    [Fact]
    public void A_file_that_was_cut_short_is_written_anew()
    {
        File.WriteAllText(Path.Combine(_directory, "grid.token"), "abc");
        var token = Prepared()["Kontena:Grid:Token"]!;
        Assert.True(token.Length >= 64);
        Assert.Equal(token, File.ReadAllText(Path.Combine(_directory, "grid.token")).Trim());
    }

    [Fact]
    public void A_directory_that_can_not_be_used_is_one_sentence()
    {
        var file = Path.Combine(_directory, "file");
        File.WriteAllText(file, "");
        var refusal = Assert.Throws<SettingException>(() => Prepared(("Kontena:DataDirectory", file)));
        Assert.Contains(file, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Kontena__DataDirectory", refusal.Message, StringComparison.Ordinal);
    }

    private ConfigurationManager Prepared(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        configuration["Kontena:DataDirectory"] = _directory;
        foreach (var (key, value) in settings)
            configuration[key] = value;
        FirstStart.Prepare(configuration);
        return configuration;
    }
}
