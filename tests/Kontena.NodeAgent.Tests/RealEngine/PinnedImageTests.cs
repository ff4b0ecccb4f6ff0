using Kontena.Docker;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Xunit;

namespace Kontena.NodeAgent.Tests.RealEngine;

public sealed class PinnedImageTests(DockerEngine docker) : RealEngineTest(docker)
{
    [Fact]
    public async Task A_tag_that_moves_between_two_instances_of_a_deploy_changes_nothing()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var registry = await TinyRegistry.StartAsync(username: null, password: null, cancel);
        var image = registry.Image("shop/web:1");
        await PublishAsync(image, "one");
        var service = Fresh("pinned");
        var first = await RunAsync(Some.Spec(service, image: image));
        Assert.StartsWith(registry.Image("shop/web@sha256:"), first.ImagePin, StringComparison.Ordinal);

        await PublishAsync(image, "two");
        var second = await RunAsync(Some.Spec(service, number: 2, image: image) with { ImagePin = first.ImagePin });

        Assert.Equal((first.ImageId, first.ImagePin, image), (second.ImageId, second.ImagePin, second.Image));
        Assert.Equal(first.ImagePin, (await Engine.InspectContainerAsync($"shop.{service}-2", cancel))!.Image);
        Assert.Contains("one", (await ShellAsync($"shop.{service}-2", "echo $WHO")).Output, StringComparison.Ordinal);
        var third = await RunAsync(Some.Spec(service, number: 3, image: image, deployRev: "d2"));
        Assert.NotEqual(first.ImageId, third.ImageId);

        // One that had looked by itself is ordered again with what the others run.
        var corrected = await RunAsync(Some.Spec(service, number: 3, image: image, deployRev: "d2") with { ImagePin = first.ImagePin }, generation: 2);
        Assert.Equal(first.ImageId, corrected.ImageId);
    }

    private async Task PublishAsync(string image, string who)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var context = TinyImages.Context($"ENV WHO={who}\nCMD [\"sleep\", \"1000000\"]\n");
        await Engine.BuildImageAsync(context, new BuildOptions { Tag = image }, progress: null, cancel);
        await Engine.PushImageAsync(image, login: null, progress: null, cancel);
    }
}
