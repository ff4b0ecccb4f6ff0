using System.Net;
using System.Net.Sockets;
using Kontena.EndToEnd.Platform;
using Xunit;

namespace Kontena.EndToEnd;

[Collection(nameof(DistributedPlatform))]
public sealed class DistributedBadInputTests(DistributedPlatform platform) : BadInputTests(platform);

/// <summary>What several services have to agree on when the input is bad: each refusal with its status, its words and its remedy, and nothing left half-made.</summary>
public abstract class BadInputTests
{
    protected BadInputTests(RunningPlatform platform)
    {
        Assert.SkipWhen(platform.Skip is not null, platform.Skip ?? "");
        Platform = platform;
    }

    protected RunningPlatform Platform { get; }

    [Fact]
    public async Task An_image_that_does_not_exist_ends_the_deploy_and_an_upgrade_repairs_it()
    {
        var file = Stack("ghost", "image: nobody/nothing-here:9");

        Refusal.Says(await InstallAsync(file),
            "Stack deploy failed", "Deployment of service default/ghost/web failed:",
            "image nobody/nothing-here:9 can't be pulled and is not on this node", "Check the name, the tag, and the registry's credentials",
            "The stack stays installed", "kontena stack upgrade ghost FILE", "kontena stack rm ghost");
        Assert.Empty(await Platform.ContainersAsync("ghost"));

        await Platform.MustAsync("stack", "upgrade", "--force", "ghost", Stack("ghost", "image: kontena-examples/web:1"));
        Assert.Equal("running", Assert.Single(await Platform.ContainersAsync("ghost")).State);
        await RemoveAsync("ghost");
    }

    [Fact]
    public async Task A_command_that_exits_at_once_shows_its_code_and_its_last_lines()
    {
        var file = Stack("exits", "image: kontena-examples/web:1", "command: /bin/sh -c \"echo starting up; echo cannot find the database >&2; exit 3\"");

        Refusal.Says(await InstallAsync(file), "exited with code 3", "its last lines:", "starting up", "cannot find the database", "kontena stack logs exits");
        Refusal.Says(await InstallAsync(file), "422", "name: exits already exists", "kontena stack upgrade exits FILE", "--name");
        await RemoveAsync("exits");
    }

    [Fact]
    public async Task A_program_that_is_not_in_the_image_points_to_the_command()
    {
        Refusal.Says(await InstallAsync(Stack("nocmd", "image: kontena-examples/web:1", "command: /no/such/program")),
            "could not start the container: its program can't be run: \"/no/such/program\"", "Check command, entrypoint and image");
        await RemoveAsync("nocmd");
    }

    [Fact]
    public async Task A_port_of_another_service_is_refused_with_the_node_the_holder_and_the_remedy()
    {
        var file = Stack("porttaken", "image: kontena-examples/web:1", $"ports: [\"{Platform.HelloPort}:80\"]");

        Refusal.Says(await InstallAsync(file),
            "no node for porttaken.web-1: of 1 node", $"port {Platform.HelloPort}/tcp is taken by hello.front-1", "To change this: publish another port");
        Assert.Empty(await Platform.ContainersAsync("porttaken"));
        await RemoveAsync("porttaken");
    }

    [Fact]
    public async Task A_port_of_a_foreign_program_is_an_error_until_it_is_free()
    {
        var port = Platform.HelloPort + 2;
        var file = Stack("foreign", "image: kontena-examples/web:1", $"ports: [\"{port}:80\"]");
        using (var holder = new TcpListener(IPAddress.Any, port))
        {
            holder.Start();
            Refusal.Says(await InstallAsync(file),
                $"could not start the container: port {port}/tcp of this node is taken by something that Kontena did not start. End that, or publish another port");
        }

        await Platform.MustAsync("stack", "deploy", "foreign");
        Assert.Equal("running", Assert.Single(await Platform.ContainersAsync("foreign")).State);
        await RemoveAsync("foreign");
    }

    [Fact]
    public async Task A_failed_update_keeps_the_other_instances_and_says_why()
    {
        await Platform.MustAsync("stack", "install", Stack("half", "image: kontena-examples/web:1", "instances: 2", "deploy: {min_health: 0.5, wait_for_port: 80}"));
        await Platform.MustAsync("service", "update", "--cmd", "/nope", "half/web");

        var failed = await Platform.KontenaAsync("service", "deploy", "half/web");

        Refusal.Says(failed, "500 : halting deploy of default/half/web, one or more instances failed:", "\"/nope\"", "kontena service deploy half/web");
        Assert.DoesNotContain("web-1 serves", failed.All, StringComparison.Ordinal);
        Assert.Contains(await Platform.ContainersAsync("half"), one => one is { Name: "half.web-2", State: "running" });
        await RemoveAsync("half");
    }

    [Fact]
    public async Task A_wrong_token_opens_nothing()
    {
        Refusal.Says(await Platform.KontenaAsync(("KONTENA_TOKEN", "wrong"), "stack", "ls"), "403 : Invalid token", "kontena master login --token TOKEN URL");
        foreach (var token in (string?[])["wrong", null])
        {
            using var stranger = new RawApi(Platform.Api, token);
            foreach (var path in (string[])["v1/grids", "v1/grids/default/stacks", "v1/nothing"])
                Assert.Equal((403, """{"error":"invalid_token","error_description":"Invalid token"}"""), await stranger.AskAsync("GET", path));
        }
    }

    [Fact]
    public async Task An_unknown_grid_is_not_found()
    {
        var file = Stack("lost", "image: kontena-examples/web:1");

        Refusal.Says(await Platform.KontenaAsync("stack", "install", "--grid", "nope", file), "404 : Not found (/v1/grids/nope/stacks)", "kontena grid ls");
        using var api = new RawApi(Platform.Api, Platform.Token());
        foreach (var path in (string[])["v1/grids/nope", "v1/grids/nope/stacks", "v1/stacks/nope/hello", "v1/services/nope/hello/web"])
            Assert.Equal((404, """{"error":"Not found"}"""), await api.AskAsync("GET", path));
        Assert.Equal(404, (await api.AskAsync("POST", "v1/grids/nope/stacks", "{}")).Status);
    }

    [Fact]
    public async Task A_stack_that_the_master_refuses_is_not_there_at_all()
    {
        var file = Stack("xlink", "image: kontena-examples/web:1", "links: [other/db, hello/nothere]");

        Refusal.Says(await InstallAsync(file), "422", "services.web.links[0]: Link other/db points to a stack that does not exist: other",
            "services.web.links[1]: Service hello/nothere does not exist");
        await NothingOfAsync("xlink");
    }

    [Fact]
    public async Task A_body_over_the_limit_or_in_no_shape_is_refused()
    {
        using var api = new RawApi(Platform.Api, Platform.Token());
        var (status, body) = await api.AskAsync("POST", "v1/grids/default/stacks", new string('a', 1_200_000));
        Assert.Equal((413, """{"error":"The request body is over 1 MB, the most that is taken"}"""), (status, body));

        Assert.Equal((400, """{"error":"Invalid json"}"""), await api.AskAsync("POST", "v1/grids/default/stacks", """{"name":"""));
        Assert.Equal(400, (await api.AskAsync("POST", "v1/grids/default/stacks", new string('[', 100_000))).Status);
        Assert.Equal((422, """{"error":{"instances":"Instances isn't an integer"}}"""),
            await api.AskAsync("POST", "v1/services/default/hello/web/scale", """{"instances":"many"}"""));
    }

    private protected Task<CommandOutput> InstallAsync(string file) => Platform.KontenaAsync("stack", "install", file);

    /// <summary>A stack file with one service <c>web</c> of these keys.</summary>
    protected string Stack(string name, params string[] keys) => Platform.Write(
        $"{name}.yml", $"stack: test/{name}\nversion: 0.1.0\nservices:\n  web:\n{string.Concat(keys.Select(key => $"    {key}\n"))}");

    protected async Task NothingOfAsync(string stack)
    {
        Assert.Equal(1, (await Platform.KontenaAsync("stack", "show", stack)).ExitCode);
        Assert.DoesNotContain($"{stack}/", await Platform.MustAsync("service", "ls", "-q"), StringComparison.Ordinal);
        Assert.Empty(await Platform.ContainersAsync(stack));
    }

    private async Task RemoveAsync(string stack)
    {
        await Platform.MustAsync("stack", "rm", "--force", stack);
        await NothingOfAsync(stack);
    }
}
