using Kontena.Testing.Docker;

namespace Kontena.Docker.Tests.Engine;

public class RegistryTests(DockerEngine docker) : EngineTest(docker)
{
    [Fact]
    public async Task An_image_is_pushed_and_pulled_with_the_right_login_only()
    {
        var engine = Engine;
        await using var registry = await TinyRegistry.StartAsync("me", "pass:wörd", Cancel);
        var (login, wrong) = (new RegistryLogin(registry.Host, "me", "pass:wörd"), new RegistryLogin(registry.Host, "me", "guess"));
        var image = registry.Image("shop/web:1");
        await using var context = TinyImages.Context("ENV WHO=registry\n");
        await engine.BuildImageAsync(context, new BuildOptions { Tag = image }, progress: null, Cancel);
        Assert.Empty((await engine.InspectImageAsync(image, Cancel))!.RepoDigests);

        await engine.PushImageAsync(image, login, progress: null, Cancel);

        Assert.Contains("no basic auth", (await Assert.ThrowsAsync<EngineException>(() => engine.PullImageAsync(image, login: null, progress: null, Cancel))).Message);
        await Assert.ThrowsAsync<EngineException>(() => engine.PullImageAsync(image, wrong, progress: null, Cancel));
        await engine.PullImageAsync(image, login, progress: null, Cancel);
        Assert.StartsWith(registry.Image("shop/web@sha256:"), Assert.Single((await engine.InspectImageAsync(image, Cancel))!.RepoDigests));

        var missing = await Assert.ThrowsAsync<EngineException>(() => engine.PullImageAsync(registry.Image("shop/web:2"), login, progress: null, Cancel));
        Assert.Equal((404, $"manifest for {registry.Image("shop/web:2")} not found: manifest unknown: manifest unknown"), (missing.Status, missing.Message));
    }

    [Fact]
    public async Task A_pulled_digest_is_the_image_it_names()
    {
        var engine = Engine;
        await using var registry = await TinyRegistry.StartAsync(username: null, password: null, Cancel);
        var image = registry.Image("web:1");
        await using var context = TinyImages.Context("ENV WHO=digest\n");
        var id = await engine.BuildImageAsync(context, new BuildOptions { Tag = image }, progress: null, Cancel);
        await engine.PushImageAsync(image, login: null, progress: null, Cancel);
        var byDigest = Assert.Single((await engine.InspectImageAsync(image, Cancel))!.RepoDigests);

        await engine.PullImageAsync(byDigest, login: null, progress: null, Cancel);

        Assert.Equal(id, (await engine.InspectImageAsync(byDigest, Cancel))!.Id);
        Assert.Contains("WHO=digest", await OutputAsync(new ContainerConfig { Image = byDigest, Cmd = ["env"] }));
    }
}
