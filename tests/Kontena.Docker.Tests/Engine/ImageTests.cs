using System.Collections.Concurrent;
using Kontena.Testing.Docker;

namespace Kontena.Docker.Tests.Engine;

public class ImageTests(DockerEngine docker) : EngineTest(docker)
{
    [Fact]
    public async Task An_image_built_here_has_no_registry_digest()
    {
        var image = await Engine.InspectImageAsync(TinyImages.Tiny1, Cancel);

        Assert.StartsWith("sha256:", image!.Id);
        Assert.Empty(image.RepoDigests);
        Assert.Equal(["sleep", "1000000"], image.Cmd);
        Assert.NotEqual(image.Id, (await Engine.InspectImageAsync(TinyImages.Tiny2, Cancel))!.Id);
        Assert.Equal(image.Id, (await Engine.InspectImageAsync(image.Id, Cancel))!.Id);
        Assert.Null(await Engine.InspectImageAsync("kontena-test/none:9", Cancel));
    }

    [Fact]
    public async Task A_build_tells_its_steps_and_gives_the_image()
    {
        var progress = new Lines();
        var tag = $"kontena-test/built:{Environment.ProcessId}";
        await using var context = TinyImages.Context("ARG COLOUR=none\nENV COLOUR=$COLOUR\nVOLUME /data\nENTRYPOINT [\"env\"]\n");

        var id = await Engine.BuildImageAsync(
            context, new BuildOptions { Tag = tag, Args = new Dictionary<string, string> { ["COLOUR"] = "blue & green" } }, progress, Cancel);

        var image = await Engine.InspectImageAsync(tag, Cancel);
        Assert.Equal(id, image!.Id);
        Assert.Equal(["/data"], image.Volumes);
        Assert.Equal(["env"], image.Entrypoint);
        Assert.Contains(progress.All, line => line.StartsWith("Step 1/", StringComparison.Ordinal));
        Assert.Contains("COLOUR=blue & green", await OutputAsync(new ContainerConfig { Image = tag }));
    }

    [Fact]
    public async Task An_image_is_listed_and_goes_with_its_last_name()
    {
        var tag = $"kontena-test/goes:{Environment.ProcessId}";
        await using var context = TinyImages.Context("LABEL goes=1\nCMD [\"true\"]\n");
        var id = await Engine.BuildImageAsync(context, new BuildOptions { Tag = tag }, progress: null, Cancel);
        var container = await CreateAsync(new ContainerConfig { Image = tag });

        Assert.Contains(await Engine.ListImagesAsync(Cancel), image => image.Id == id && image.RepoTags.Contains(tag) && image.Size > 0);
        Assert.Equal(409, (await Assert.ThrowsAsync<EngineException>(() => Engine.RemoveImageAsync(tag, Cancel))).Status);
        await Engine.RemoveContainerAsync(container, force: true, anonymousVolumes: true, Cancel);
        await Engine.RemoveImageAsync(tag, Cancel);
        await Engine.RemoveImageAsync(tag, Cancel);
        Assert.DoesNotContain(await Engine.ListImagesAsync(Cancel), image => image.Id == id);
    }

    [Fact]
    public async Task A_build_that_fails_says_which_command_failed()
    {
        await using var context = TinyImages.Context("RUN echo before && exit 42\n");

        var e = await Assert.ThrowsAsync<EngineException>(
            () => Engine.BuildImageAsync(context, new BuildOptions { Tag = "kontena-test/broken:1" }, progress: null, Cancel));

        Assert.Contains("exit 42", e.Message);
        Assert.Contains("non-zero code: 42", e.Message);
        Assert.Null(await Engine.InspectImageAsync("kontena-test/broken:1", Cancel));
    }

    [Fact]
    public async Task A_build_of_a_bad_Dockerfile_or_without_one_is_refused()
    {
        await using var unknown = TinyImages.Context("FORM scratch\n");
        var e = await Assert.ThrowsAsync<EngineException>(
            () => Engine.BuildImageAsync(unknown, new BuildOptions { Tag = "kontena-test/broken:2" }, progress: null, Cancel));
        Assert.Contains("FORM", e.Message);

        await using var missing = TinyImages.Context("");
        e = await Assert.ThrowsAsync<EngineException>(
            () => Engine.BuildImageAsync(missing, new BuildOptions { Tag = "kontena-test/broken:3", Dockerfile = "Nofile" }, progress: null, Cancel));
        Assert.Contains("Nofile", e.Message);
    }

    [Fact]
    public async Task A_directory_is_built_as_its_dockerignore_says()
    {
        var directory = Directory.CreateTempSubdirectory("kontena-build-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(directory.FullName, "Dockerfile"), $"FROM {TinyImages.Tiny1}\nCOPY . /app\nCMD [\"ls\", \"/app\"]\n", Cancel);
            await File.WriteAllTextAsync(Path.Combine(directory.FullName, ".dockerignore"), "secret\n.dockerignore\nDockerfile\n", Cancel);
            await File.WriteAllTextAsync(Path.Combine(directory.FullName, "secret"), "x", Cancel);
            await File.WriteAllTextAsync(Path.Combine(directory.FullName, "wanted"), "x", Cancel);
            await using var context = await BuildContext.OpenAsync(directory.FullName, cancellationToken: Cancel);

            await Engine.BuildImageAsync(context, new BuildOptions { Tag = "kontena-test/ignoring:1" }, progress: null, Cancel);

            Assert.Equal("wanted", await OutputAsync(new ContainerConfig { Image = "kontena-test/ignoring:1" }));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_pull_from_a_registry_that_is_not_there_is_an_error_that_names_it()
    {
        var e = await Assert.ThrowsAsync<EngineException>(
            () => Engine.PullImageAsync("127.0.0.1:9/nobody/nothing:1", new RegistryLogin("127.0.0.1:9", "me", "secret"), progress: null, Cancel));

        Assert.Contains("127.0.0.1:9", e.Message);
        Assert.DoesNotContain("secret", e.ToString());
    }

    [Fact]
    public async Task A_push_to_a_registry_that_is_not_there_or_of_nothing_is_an_error()
    {
        var e = await Assert.ThrowsAsync<EngineException>(() => Engine.PushImageAsync("127.0.0.1:9/nobody/nothing:1", login: null, progress: null, Cancel));

        Assert.Contains("does not exist locally", e.Message);
    }

    private sealed class Lines : IProgress<string>
    {
        public ConcurrentQueue<string> All { get; } = new();

        public void Report(string value) => All.Enqueue(value);
    }
}
