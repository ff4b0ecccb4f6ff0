using Kontena.Api.Auth;
using Kontena.Hosting;

namespace Kontena.Api.Tests.Auth;

public sealed class AdministratorTokenTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-token-").FullName;

    private string TokenFile => Path.Combine(_directory, "deeper", "admin.token");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Is_made_once_for_its_owner_alone()
    {
        var first = Load();
        var text = File.ReadAllText(TokenFile).Trim();

        Assert.Equal(43, text.Length);
        Assert.True(first.Matches(text));
        Assert.False(first.Matches(text[..^1]));
        Assert.False(first.Matches(""));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(TokenFile));
        Assert.True(Load().Matches(text));
        Assert.Equal(["admin.token"], Directory.EnumerateFiles(Path.GetDirectoryName(TokenFile)!).Select(Path.GetFileName));
    }

    [Fact]
    public void Processes_that_start_together_agree()
    {
        for (var round = 0; round < 100; round++)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(TokenFile)!);
            var tokens = new AdministratorToken[8];
            using var together = new Barrier(tokens.Length);

            var starts = Enumerable.Range(0, tokens.Length).Select(i => new Thread(() =>
            {
                together.SignalAndWait();
                tokens[i] = Load();
            })).ToList();
            starts.ForEach(start => start.Start());
            starts.ForEach(start => start.Join());

            var text = File.ReadAllText(TokenFile).Trim();
            Assert.All(tokens, token => Assert.True(token.Matches(text)));
            File.Delete(TokenFile);
        }
    }

    [Fact]
    public void A_file_that_cannot_hold_a_token_ends_the_start_with_a_sentence()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(TokenFile)!);
        File.WriteAllText(TokenFile, "short\n");

        var failure = Assert.Throws<SettingException>(Load);

        Assert.Contains(TokenFile, failure.Message);
        Assert.Equal("short\n", File.ReadAllText(TokenFile));
    }

    private AdministratorToken Load() => new(new ApiOptions { TokenFile = TokenFile });
}
