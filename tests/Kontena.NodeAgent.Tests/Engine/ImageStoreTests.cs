using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Engine;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Instances.Steps;
using Kontena.Testing.Docker;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.NodeAgent.Tests.Engine;

public sealed class ImageStoreTests : IDisposable
{
    private const string Image = "registry.example/app:1";
    private readonly FakeContainerEngine _engine = new();
    private readonly StartGates _gates = new(new NodeAgentOptions { DataDirectory = "" });
    private readonly ImageStore _images;
    private int _pulling;

    public ImageStoreTests() => _images = new ImageStore(_engine, new MachineLogins(null), _gates, TimeProvider.System, NullLogger<ImageStore>.Instance);

    public void Dispose() => _gates.Dispose();

    private Task<Kontena.Docker.ImageDetails> ResolveAsync(string deployRev, string image = Image) =>
        _images.ResolveAsync(image, deployRev, null, () => Interlocked.Increment(ref _pulling), TestContext.Current.CancellationToken);

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
        var images = new ImageStore(_engine, new MachineLogins(file), _gates, TimeProvider.System, NullLogger<ImageStore>.Instance);

        await images.ResolveAsync(Image, "d1", null, () => { }, TestContext.Current.CancellationToken);
        Assert.Equal("ann", _engine.LastPullLogin?.Username);

        var credentials = new RegistryCredentials("registry.example", "bob", "x");
        await images.ResolveAsync(Image, "d2", credentials, () => { }, TestContext.Current.CancellationToken);
        Assert.Equal("bob", _engine.LastPullLogin?.Username);
        File.Delete(file);
    }

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
