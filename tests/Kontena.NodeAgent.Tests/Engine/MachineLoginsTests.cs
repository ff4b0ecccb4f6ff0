using Kontena.NodeAgent.Engine;
using Xunit;

namespace Kontena.NodeAgent.Tests.Engine;

public sealed class MachineLoginsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("registry.example:5000/app:1", "ann", "se:cret")]
    [InlineData("other.example/a/b", "bob", "x")]
    [InlineData("library/redis", "hub", "h")]
    [InlineData("redis:7", "hub", "h")]
    public void The_login_of_the_images_registry_is_found(string image, string user, string password)
    {
        File.WriteAllText(_file, """
            {"auths": {
              "registry.example:5000": {"auth": "YW5uOnNlOmNyZXQ="},
              "https://other.example/v2/": {"auth": "Ym9iOng="},
              "https://index.docker.io/v1/": {"auth": "aHViOmg="}
            }}
            """);

        var login = new MachineLogins(_file).For(image);

        Assert.Equal((user, password), (login?.Username, login?.Password));
    }

    [Theory]
    [InlineData("registry.example", "ann")]
    [InlineData("plain.example:5000", "bob")]
    public void Entries_nobody_can_read_hide_no_other_and_a_path_without_scheme_is_passed_over(string registry, string user)
    {
        File.WriteAllText(_file, """
            {"auths": {
              "http://[": {"auth": "YW5uOng="},
              "registry.example/v2/": 7,
              "https://registry.example": {"auth": "%%%"},
              "registry.example/v1/": {"auth": "YW5uOng="},
              "plain.example:5000/v1": {"auth": "Ym9iOng="}
            }}
            """);

        Assert.Equal(user, new MachineLogins(_file).For(registry + "/app")?.Username);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"auths": {"registry.example": {}}}""")]
    [InlineData("""{"auths": {"registry.example": {"auth": "%%%"}}}""")]
    [InlineData("""{"auths": {"registry.example": {"auth": 7}}}""")]
    [InlineData("""{"auths": {"other.example": {"auth": "Ym9iOng="}}}""")]
    public void A_file_that_has_none_gives_none(string text)
    {
        File.WriteAllText(_file, text);

        Assert.Null(new MachineLogins(_file).For("registry.example/app"));
    }

    [Fact]
    public void No_file_is_no_login()
    {
        Assert.Null(new MachineLogins(null).For("a/b"));
        Assert.Null(new MachineLogins("/nowhere/config.json").For("a/b"));
    }
}
