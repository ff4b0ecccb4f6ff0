using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Engine;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Instances.Steps;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.NodeAgent.Tests.Engine;

public sealed class ImageStoreTests : IDisposable
{
    private const string Image = "registry.example/app:1";
    private const string Instance = "5f00000000000000000000aa";
    private readonly FakeContainerEngine _engine = new();
    private readonly LoginDesk _desk = new();
    private readonly StartGates _gates = new(new NodeAgentOptions { DataDirectory = "" });
    private readonly ImageStore _images;
    private int _pulling;

    public ImageStoreTests() => _images = new ImageStore(_engine, new MachineLogins(null), _desk.Logins, _gates, TimeProvider.System, NullLogger<ImageStore>.Instance);

    public void Dispose() => _gates.Dispose();

    private Task<Kontena.Docker.ImageDetails> ResolveAsync(string deployRev, string image = Image, string? pin = null) =>
        _images.ResolveAsync(image, deployRev, pin, null, Instance, () => Interlocked.Increment(ref _pulling), TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_new_deploy_pulls_an_image_that_came_from_a_registry()
    {
        _engine.AddImage(Image, fromRegistry: true);

        await ResolveAsync("d1");
        await ResolveAsync("d2");

        Assert.Equal(2, _engine.Calls.Count("PullImage"));
    }

    [Fact]
    public async Task A_pull_uses_the_orders_credentials_and_else_the_machines_login()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, """{"auths": {"registry.example": {"auth": "YW5uOnB3"}}}""");
        var images = new ImageStore(_engine, new MachineLogins(file), _desk.Logins, _gates, TimeProvider.System, NullLogger<ImageStore>.Instance);

        await images.ResolveAsync(Image, "d1", null, null, Instance, () => { }, TestContext.Current.CancellationToken);
        Assert.Equal("ann", _engine.LastPullLogin?.Username);

        var credentials = new RegistryCredentials("registry.example", "bob", "x");
        await images.ResolveAsync(Image, "d2", null, credentials, Instance, () => { }, TestContext.Current.CancellationToken);
        Assert.Equal("bob", _engine.LastPullLogin?.Username);
        File.Delete(file);
    }

    [Fact]
    public async Task A_pull_uses_the_grids_login_before_the_machines()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, """{"auths": {"registry.example": {"auth": "YW5uOnB3"}}}""");
        var images = new ImageStore(_engine, new MachineLogins(file), _desk.Logins, _gates, TimeProvider.System, NullLogger<ImageStore>.Instance);
        _desk.Password = "s3cr3t";

        await images.ResolveAsync(Image, "d1", null, null, Instance, () => { }, TestContext.Current.CancellationToken);

        Assert.Equal(new Kontena.Docker.RegistryLogin("registry.example", "bot", "s3cr3t", null), _engine.LastPullLogin);
        Assert.Equal(Instance, Assert.Single(_desk.Asked).InstanceId);
        File.Delete(file);
    }

    [Fact]
    public async Task Nobody_is_asked_for_a_login_when_nothing_is_pulled()
    {
        _engine.AddImage(Image);

        await ResolveAsync("d1");

        Assert.Empty(_desk.Asked);
    }

    [Fact]
    public async Task A_pull_that_fails_says_why_the_grids_login_was_not_used()
    {
        _engine.RefusePull(Image);
        _desk.Problem = "the master's vault is closed";

        var failure = await Assert.ThrowsAsync<StepFailedException>(() => ResolveAsync("d1"));

        Assert.EndsWith("And the master's vault is closed.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pinned_image_that_is_here_is_not_pulled_though_the_tag_has_moved()
    {
        var first = _engine.Publish(Image);
        var pin = ImagePins.Of(Image, await ResolveAsync("d1"));
        Assert.Equal(first.RepoDigests[0], pin);
        _engine.Publish(Image);
        await ResolveAsync("d2");

        Assert.Equal(first.Id, (await ResolveAsync("d3", pin: pin)).Id);
        Assert.Equal(2, _engine.Calls.Count("PullImage"));
    }

    [Fact]
    public async Task A_pinned_image_that_is_not_here_is_pulled_by_its_digest()
    {
        const string pin = "registry.example/app@sha256:0123";
        _engine.AddImage(Image, fromRegistry: true);

        Assert.Equal([pin], (await ResolveAsync("d1", pin: pin)).RepoDigests);
    }

    [Fact]
    public async Task A_pinned_image_that_is_gone_from_the_registry_is_explained()
    {
        const string pin = "registry.example/app@sha256:0123";
        _engine.RefusePull(pin);

        var failure = await Assert.ThrowsAsync<StepFailedException>(() => ResolveAsync("d1", pin: pin));
        Assert.Contains("which the other instances run", failure.Message, StringComparison.Ordinal);
        Assert.Contains("deploy again", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_id_of_an_image_built_elsewhere_stands_back_for_the_copy_that_is_here()
    {
        var here = _engine.AddImage(Image);

        Assert.Equal(here.Id, (await ResolveAsync("d1", pin: "sha256:built-elsewhere")).Id);
        Assert.Equal(here.Id, ImagePins.Of(Image, here));
        Assert.Equal(0, _engine.Calls.Count("PullImage"));
    }

    [Theory]
    [InlineData("nginx:1.27", "nginx@sha256:a")]
    [InlineData("docker.io/library/nginx:1.27", "nginx@sha256:a")]
    [InlineData("localhost:5000/nginx", "localhost:5000/nginx@sha256:b")]
    [InlineData("mine:1", "sha256:id")]
    public void A_pin_is_the_digest_of_the_images_own_name(string image, string pin) => Assert.Equal(pin, ImagePins.Of(
        image, new Kontena.Docker.ImageDetails("sha256:id", ["nginx@sha256:a", "localhost:5000/nginx@sha256:b"], [], [], [])));

    [Fact]
    public async Task An_image_built_here_is_not_asked_of_a_registry()
    {
        _engine.AddImage(Image);

        await ResolveAsync("d1");

        Assert.Equal(0, _engine.Calls.Count("PullImage"));
        Assert.Equal(0, _pulling);
    }

    [Fact]
    public async Task A_failed_pull_falls_back_to_the_copy_that_is_here()
    {
        var here = _engine.AddImage(Image, fromRegistry: true);
        _engine.RefusePull(Image);

        Assert.Equal(here.Id, (await ResolveAsync("d1")).Id);
    }

    [Fact]
    public async Task Without_a_copy_a_failed_pull_is_told_with_the_engines_words_and_asked_again_next_time()
    {
        _engine.RefusePull(Image);

        var failure = await Assert.ThrowsAsync<StepFailedException>(() => ResolveAsync("d1"));
        await Assert.ThrowsAsync<StepFailedException>(() => ResolveAsync("d1"));

        Assert.Contains("manifest unknown", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, _engine.Calls.Count("PullImage"));
    }

    [Fact]
    public async Task Instances_of_one_deploy_share_a_pull()
    {
        var gate = _engine.Calls.Hold("PullImage");
        var all = Enumerable.Range(0, 20).Select(_ => ResolveAsync("d1")).ToList();
        await gate.Entered;
        gate.Open();
        await Task.WhenAll(all);

        Assert.Equal(1, _engine.Calls.Count("PullImage"));
    }

    [Fact]
    public async Task A_slow_pull_delays_no_other_image()
    {
        _engine.AddImage("local:1");
        var gate = _engine.Calls.Hold("PullImage");
        var slow = ResolveAsync("d1");
        await gate.Entered;

        await ResolveAsync("d1", "local:1");

        Assert.False(slow.IsCompleted);
        gate.Open();
        await slow;
        Assert.Equal(1, _pulling);
    }
}
