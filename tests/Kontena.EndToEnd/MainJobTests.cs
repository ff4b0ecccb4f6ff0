using Kontena.EndToEnd.Platform;
using Xunit;

namespace Kontena.EndToEnd;

[Collection(nameof(EmbeddedPlatform))]
public sealed class EmbeddedMainJobTests(EmbeddedPlatform platform) : MainJobTests(platform);

[Collection(nameof(DistributedPlatform))]
public sealed class DistributedMainJobTests(DistributedPlatform platform) : MainJobTests(platform);

/// <summary>A person's first hour: start, look, change, scale, read, break and remove, through the client alone.</summary>
public abstract partial class MainJobTests
{
    private readonly RunningPlatform _platform;

    protected MainJobTests(RunningPlatform platform)
    {
        Assert.SkipWhen(platform.Skip is not null, platform.Skip ?? "");
        _platform = platform;
    }

    [Fact]
    public async Task Up_prints_a_url_that_answers_and_the_lists_show_what_runs()
    {
        Assert.StartsWith("hello from web-", await Until.AnswersAsync(_platform.Url));

        Assert.Contains("hello", await _platform.MustAsync("stack", "ls"));
        Assert.Contains("hello/web", await _platform.MustAsync("service", "ls"));
        Assert.Contains("hello.web-1", await _platform.MustAsync("container", "ls"));
        Assert.Contains("online", await _platform.MustAsync("node", "ls"));
        Assert.Contains(_platform.Form == "embedded" ? "http://127.0.0.1:" : "https://127.0.0.1:", await _platform.MustAsync("master", "ls"));
    }

    [Fact]
    public async Task Up_twice_is_harmless()
    {
        var before = await _platform.ContainersAsync("hello");

        var again = await _platform.UpAsync();

        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.EndsWith($"ready: {_platform.Url}", again.Stdout.TrimEnd());
        Assert.Equal(before.Select(one => one.Id).Order(), (await _platform.ContainersAsync("hello")).Select(one => one.Id).Order());
    }

    [Fact]
    public async Task The_form_of_2015_installs_and_app_reaches_db_by_name()
    {
        var url = new Uri($"http://127.0.0.1:{_platform.HelloPort + 1}/");
        var folder = CopyExample("compose");
        var file = Path.Combine(folder, "kontena.yml");
        File.WriteAllText(file, File.ReadAllText(file).Replace("8081:80", $"{url.Port}:80", StringComparison.Ordinal));

        await _platform.MustAsync("stack", "install", "--name", "guestbook", file);

        Assert.Contains("a visit on", await Until.AnswersAsync(url));
        await _platform.MustAsync("stack", "rm", "--force", "guestbook");
        Assert.Empty(await _platform.ContainersAsync("guestbook"));
    }

    [Fact]
    public async Task Scaling_up_and_down_ends_at_the_wanted_number()
    {
        await InstallAsync("scaling", instances: 1);

        await _platform.MustAsync("service", "scale", "scaling/web", "5");
        Assert.Equal(5, await RunningAsync("scaling"));

        await _platform.MustAsync("service", "scale", "scaling/web", "2");
        await Until.TrueAsync("two containers are left", async () => (await _platform.ContainersAsync("scaling")).Count == 2);
        Assert.Equal(["scaling.web-1", "scaling.web-2"], (await _platform.ContainersAsync("scaling")).Select(one => one.Name).Order());
        await RemoveAsync("scaling");
    }

    [Fact]
    public async Task An_update_rolls_without_dropping_below_min_health()
    {
        await InstallAsync("rolling", instances: 4);
        var lowest = 4;
        using var watching = new CancellationTokenSource();
        var watcher = WatchAsync();
        try
        {
            await _platform.MustAsync("service", "update", "-e", "GREETING=changed", "rolling/web");
            await _platform.MustAsync("service", "deploy", "rolling/web");
        }
        finally
        {
            await watching.CancelAsync();
            await watcher;
        }

        Assert.True(lowest >= 2, $"only {lowest} of 4 ran at some moment; min_health 0.5 allows 2");
        await LogsSayAsync("changed from web-3", "service", "logs", "--tail", "100", "rolling/web");
        await RemoveAsync("rolling");

        async Task WatchAsync()
        {
            while (!watching.IsCancellationRequested)
            {
                lowest = Math.Min(lowest, await RunningAsync("rolling"));
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    [Fact]
    public async Task Logs_exec_and_upgrade_do_what_they_say_and_rm_leaves_nothing()
    {
        var file = await InstallAsync("daily", instances: 2);

        await LogsSayAsync("web-1 serves", "stack", "logs", "--tail", "10", "daily");
        Assert.Equal("web-2", (await _platform.MustAsync("service", "exec", "--instance", "2", "daily/web", "--", "hostname")).Trim());
        Assert.Equal(7, (await _platform.KontenaAsync("service", "exec", "--shell", "daily/web", "--", "exit", "7")).ExitCode);

        File.WriteAllText(file, File.ReadAllText(file).Replace("instances: 2", "instances: 3", StringComparison.Ordinal));
        await _platform.MustAsync("stack", "upgrade", "--force", "daily", file);
        Assert.Equal(3, await RunningAsync("daily"));

        await RemoveAsync("daily");
        Assert.Empty(await _platform.Engine.ListVolumesAsync(["io.kontena.stack.name=daily"], CancellationToken.None));
        Assert.NotEqual(0, (await _platform.KontenaAsync("stack", "show", "daily")).ExitCode);
    }

    [Fact]
    public async Task A_service_without_a_stack_does_all_that_one_in_a_stack_does()
    {
        await _platform.MustAsync("service", "create", "-e", "GREETING=hey", "solo", "kontena-examples/web:1");
        await _platform.MustAsync("service", "deploy", "solo");
        Assert.Contains("GREETING=hey", await _platform.MustAsync("service", "show", "solo"));
        var container = (await _platform.MustAsync("container", "ls", "--quiet")).Split('\n').Single(one => one.EndsWith("/solo-1", StringComparison.Ordinal));
        Assert.Equal("solo-1", (await _platform.MustAsync("container", "exec", container, "--", "hostname")).Trim());
        await LogsSayAsync("hey from solo-1", "container", "logs", container);

        await _platform.MustAsync("service", "stop", "solo");
        await Until.TrueAsync("solo has stopped", async () => await StateAsync() == "exited");
        await _platform.MustAsync("service", "start", "solo");
        await Until.TrueAsync("solo runs again", async () => await StateAsync() == "running");
        var program = await ProgramAsync();
        await _platform.MustAsync("service", "restart", "solo");
        await Until.TrueAsync("solo has another process", async () => await StateAsync() == "running" && await ProgramAsync() != program);

        await _platform.MustAsync("service", "rm", "--force", "solo");
        Assert.Empty(await SoloAsync());

        Task<IReadOnlyList<Docker.ContainerSummary>> SoloAsync() =>
            _platform.Engine.ListContainersAsync(["io.kontena.service.name=solo"], CancellationToken.None);
        async Task<string> StateAsync() => Assert.Single(await SoloAsync()).State;
        async Task<int> ProgramAsync() =>
            (await _platform.Engine.InspectContainerAsync(Assert.Single(await SoloAsync()).Id, CancellationToken.None))!.Pid;
    }

    [Fact]
    public async Task A_grid_comes_and_goes()
    {
        try
        {
            await _platform.MustAsync("grid", "create", "spare");
            Assert.Contains("spare *", await _platform.MustAsync("grid", "ls"));
            Assert.Contains("10.81.0.0/16", await _platform.MustAsync("grid", "show", "spare"));
        }
        finally
        {
            await _platform.MustAsync("grid", "use", "default");
        }

        await _platform.MustAsync("grid", "rm", "--force", "spare");
        Assert.DoesNotContain("spare", await _platform.MustAsync("grid", "ls"));
        var node = (await _platform.MustAsync("node", "ls", "--quiet")).Trim();
        Assert.Contains("connected: yes", await _platform.MustAsync("node", "show", node));
    }

    [Fact]
    public async Task A_stateful_service_keeps_its_file()
    {
        await _platform.MustAsync("stack", "install", _platform.Write("keeping/kontena.yml", """
            stack: test/keeping
            version: 0.1.0
            services:
              db:
                image: kontena-examples/web:1
                command: /bin/sleep 100000
                stateful: true
                volumes:
                  - /data
            """));
        await ExecAsync("echo kept > /data/file");

        await _platform.MustAsync("service", "update", "-e", "CHANGED=yes", "keeping/db");
        await _platform.MustAsync("service", "deploy", "keeping/db");
        Assert.Equal("kept", await ExecAsync("cat /data/file"));

        var container = (await _platform.ContainersAsync("keeping")).Single();
        await _platform.Engine.RemoveContainerAsync(container.Id, force: true, anonymousVolumes: true, CancellationToken.None);
        await ComesBackAsync("after its container was removed", container.Id);

        container = (await _platform.ContainersAsync("keeping")).Single();
        var program = (await _platform.Engine.InspectContainerAsync(container.Id, CancellationToken.None))!.Pid;
        System.Diagnostics.Process.GetProcessById(program).Kill();
        await ComesBackAsync("after its program was killed", container.Id, sameIsFine: true);

        container = (await _platform.ContainersAsync("keeping")).Single();
        System.Diagnostics.Process.GetProcessById(_platform.Pid(_platform.Form == "embedded" ? "standalone" : "node-agent")).Kill();
        Assert.Equal(0, (await _platform.UpAsync()).ExitCode);
        Assert.Equal("kept", await ExecAsync("cat /data/file"));
        Assert.Equal(container.Id, (await _platform.ContainersAsync("keeping")).Single().Id);

        var engine = int.Parse(File.ReadAllText(Environment.GetEnvironmentVariable("KONTENA_TEST_DOCKER_PID")!));
        System.Diagnostics.Process.GetProcessById(engine).Kill();
        await ComesBackAsync("after the engine was killed", container.Id, sameIsFine: true);
        await RemoveAsync("keeping");
        await Until.TrueAsync("the example runs again", async () => await RunningAsync("hello") == 3, seconds: 60);
        await Until.AnswersAsync(_platform.Url);

        Task<string> ExecAsync(string script) => ExecAsyncIn("keeping/db", script);

        async Task ComesBackAsync(string when, string old, bool sameIsFine = false)
        {
            await Until.TrueAsync($"keeping/db has its file {when}", async () =>
            {
                var output = await _platform.KontenaAsync("service", "exec", "--shell", "keeping/db", "--", "cat /data/file");
                return output.Stdout.Trim() == "kept";
            }, seconds: 60);
            Assert.True(sameIsFine || (await _platform.ContainersAsync("keeping")).Single().Id != old);
        }
    }

    /// <summary>Lines take a moment from the container to the store.</summary>
    private Task LogsSayAsync(string text, params string[] command) =>
        Until.TrueAsync($"the log has '{text}'", async () => (await _platform.MustAsync(command)).Contains(text, StringComparison.Ordinal));

    private async Task<string> ExecAsyncIn(string service, string script) =>
        (await _platform.MustAsync("service", "exec", "--shell", service, "--", script)).Trim();

    private async Task<string> InstallAsync(string name, int instances)
    {
        var file = _platform.Write($"{name}/kontena.yml", $"""
            stack: test/{name}
            version: 0.1.0
            services:
              web:
                image: kontena-examples/web:1
                instances: {instances}
                deploy:
                  min_health: 0.5
                  wait_for_port: 80
            """);
        await _platform.MustAsync("stack", "install", file);
        return file;
    }

    private async Task RemoveAsync(string name)
    {
        await _platform.MustAsync("stack", "rm", "--force", name);
        Assert.Empty(await _platform.ContainersAsync(name));
    }

    private async Task<int> RunningAsync(string stack) =>
        (await _platform.ContainersAsync(stack)).Count(one => one.State == "running");

    private string CopyExample(string name)
    {
        var from = Repository.At("infra", "examples", name);
        var to = Path.GetDirectoryName(_platform.Write(Path.Combine(name, "x"), ""))!;
        File.Delete(Path.Combine(to, "x"));
        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        return to;
    }
}
