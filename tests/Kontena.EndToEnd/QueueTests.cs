using Kontena.EndToEnd.Platform;
using Xunit;

namespace Kontena.EndToEnd;

/// <summary>Programs that speak over the message queue, against a whole platform.</summary>
[Collection(nameof(DistributedPlatform))]
public sealed class QueueTests(DistributedPlatform platform)
{
    private const string Pika = "/usr/lib/python3/dist-packages/pika";
    private const string Node = "node";
    private const string Image = "kontena-examples/web:1";

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

    [Fact]
    public async Task The_example_for_node_does_the_same()
    {
        Assert.SkipWhen(platform.Skip is not null, platform.Skip ?? "");
        Assert.SkipWhen(!Directory.Exists(Modules), "node, npm or amqplib is not there (infra/test fetches amqplib)");
        // A program finds its modules beside it.
        var folder = Directory.CreateTempSubdirectory("kontena-queue-").FullName;
        try
        {
            File.Copy(Repository.At("infra", "examples", "queue", "install_stack.mjs"), Path.Combine(folder, "install_stack.mjs"));
            File.CreateSymbolicLink(Path.Combine(folder, "node_modules"), Modules);
            var url = (await platform.MustAsync("master", "integration", "create", "--grid", "default", "packer")).Trim();
            var installed = await Command.RunAsync(Node, ["install_stack.mjs", url, "default", "packed", Image], Trusting, TimeSpan.FromMinutes(5), folder);
            Assert.True(installed.ExitCode == 0, installed.ToString());
            Assert.Equal("""{"stack":"packed","state":"running"}""", installed.Stdout.Trim());

            var again = await Command.RunAsync(Node, ["install_stack.mjs", url, "default", "packed", Image], Trusting, TimeSpan.FromMinutes(5), folder);
            Assert.Equal(1, again.ExitCode);
            Assert.StartsWith("refused: createStack: 4", again.Stderr);
        }
        finally
        {
            await platform.KontenaAsync("stack", "rm", "--force", "packed");
            await platform.KontenaAsync("master", "integration", "rm", "--force", "packer");
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Modules => Repository.At("artifacts", "examples", "queue", "node_modules");

    private Dictionary<string, string> Trusting => new() { ["SSL_CERT_FILE"] = platform.CaFile, ["NODE_EXTRA_CA_CERTS"] = platform.CaFile, ["PYTHONDONTWRITEBYTECODE"] = "1" };

    private Task<CommandOutput> ExampleAsync(string url, string stack) => Command.RunAsync(
        "/usr/bin/python3", [Repository.At("infra", "examples", "queue", "install_stack.py"), url, "default", stack, Image], Trusting, TimeSpan.FromMinutes(5));
}
