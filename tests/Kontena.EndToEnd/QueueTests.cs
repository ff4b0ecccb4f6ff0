using Kontena.EndToEnd.Platform;
using Xunit;

namespace Kontena.EndToEnd;

/// <summary>Programs that speak over the message queue, against a whole platform.</summary>
[Collection(nameof(DistributedPlatform))]
public sealed class QueueTests(DistributedPlatform platform)
{
    private const string Pika = "/usr/lib/python3/dist-packages/pika";

    [Fact]
    public async Task The_example_installs_a_stack_and_waits_for_it_and_a_viewer_hears_why_it_may_not()
    {
        Assert.SkipWhen(platform.Skip is not null, platform.Skip ?? "");
        Assert.SkipWhen(!Directory.Exists(Pika), "python3-pika is not installed");
        try
        {
            var builder = (await platform.MustAsync("master", "integration", "create", "--grid", "default", "builder")).Trim();
            var installed = await ExampleAsync(builder, "queued");
            Assert.True(installed.ExitCode == 0, installed.ToString());
            Assert.Equal("""{"stack": "queued", "state": "running"}""", installed.Stdout.Trim());
            Assert.Single(await platform.ContainersAsync("queued"));
            Assert.Contains("builder@integration", await platform.MustAsync("grid", "audit-log"));

            var viewer = (await platform.MustAsync("master", "integration", "create", "--grid", "default", "--role", "viewer", "onlooker")).Trim();
            var refused = await ExampleAsync(viewer, "unwanted");
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("Integration onlooker is a viewer and may only look", refused.Stderr);
            Assert.Empty(await platform.ContainersAsync("unwanted"));

            await platform.MustAsync("master", "integration", "rm", "--force", "builder", "onlooker");
            Assert.StartsWith("the broker: ", (await ExampleAsync(builder, "late")).Stderr);
        }
        finally
        {
            await platform.KontenaAsync("stack", "rm", "--force", "queued");
            await platform.KontenaAsync("master", "integration", "rm", "--force", "builder", "onlooker");
        }
    }

    private Task<CommandOutput> ExampleAsync(string url, string stack) => Command.RunAsync(
        "/usr/bin/python3", [Repository.At("infra", "examples", "queue", "install_stack.py"), url, "default", stack, "kontena-examples/web:1"],
        new Dictionary<string, string> { ["SSL_CERT_FILE"] = platform.CaFile, ["PYTHONDONTWRITEBYTECODE"] = "1" }, TimeSpan.FromMinutes(5));
}
