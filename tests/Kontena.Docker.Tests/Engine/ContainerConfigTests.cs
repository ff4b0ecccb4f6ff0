using Kontena.Testing;
using Kontena.Testing.Docker;

namespace Kontena.Docker.Tests.Engine;

/// <summary>What is asked for in <see cref="ContainerConfig"/> is what the process in the container sees.</summary>
public class ContainerConfigTests(DockerEngine docker) : EngineTest(docker)
{
    [Fact]
    public async Task Environment_host_names_user_and_command_arrive()
    {
        var output = await OutputAsync(Tiny("-c", "echo $A; hostname; hostname -d; id -u; echo $TINY") with
        {
            Entrypoint = ["/bin/sh"], Env = ["A=b c"], Hostname = "web-1", Domainname = "shop.kontena.local", User = "nobody",
        });

        Assert.Equal("b c\nweb-1\nshop.kontena.local\n65534\n1", output);
    }

    [Fact]
    public async Task A_published_port_answers_on_the_host()
    {
        var port = FreePort.Take(1)[0];
        var id = await RunAsync(new ContainerConfig
        {
            Image = TinyImages.Httpd,
            Hostname = "hello",
            Ports = new Dictionary<string, IReadOnlyList<PortPublication>> { ["80/tcp"] = [new PortPublication("127.0.0.1", port)] },
        });

        using var http = new HttpClient();
        var answer = "";
        for (var attempt = 0; attempt < 100 && answer.Length == 0; attempt++)
        {
            try
            {
                answer = await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"), Cancel);
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
            }
        }

        Assert.Equal("hello", answer.Trim());
        Assert.NotEmpty((await Engine.InspectContainerAsync(id, Cancel))!.Addresses["bridge"]);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_in_the_engines_words()
    {
        var port = FreePort.Take(1)[0];
        var config = Tiny() with { Ports = new Dictionary<string, IReadOnlyList<PortPublication>> { ["80/tcp"] = [new PortPublication("0.0.0.0", port)] } };
        await RunAsync(config);
        var second = await CreateAsync(config);

        var e = await Assert.ThrowsAsync<EngineException>(() => Engine.StartContainerAsync(second, Cancel));

        Assert.Equal(500, e.Status);
        Assert.Contains("port is already allocated", e.Message);
    }

    [Fact]
    public async Task Binds_and_volumes_hold_their_files()
    {
        var volume = NewName();
        var directory = Directory.CreateTempSubdirectory("kontena-bind-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(directory.FullName, "in"), "from the host", Cancel);
            await Engine.EnsureVolumeAsync(new VolumeConfig { Name = volume, Labels = new Dictionary<string, string> { [Label] = volume } }, Cancel);
            await Engine.EnsureVolumeAsync(new VolumeConfig { Name = volume }, Cancel);
            Assert.Equal(volume, Assert.Single(await Engine.ListVolumesAsync([$"{Label}={volume}"], Cancel)).Name);

            var writer = await RunAsync(Tiny("sh", "-c", "cat /host/in > /data/out; echo x > /host/refused; echo y > /anonymous/y") with
            {
                Binds = [$"{volume}:/data", $"{directory.FullName}:/host:ro"], AnonymousVolumes = ["/anonymous"],
            });
            var mounts = (await Engine.InspectContainerAsync(writer, Cancel))!.Mounts;
            Assert.Equal(volume, mounts.Single(m => m.Destination == "/data").Name);
            Assert.Equal(("bind", "", directory.FullName), mounts.Where(m => m.Destination == "/host").Select(m => (m.Type, m.Name, m.Source)).Single());
            var anonymous = mounts.Single(m => m.Destination == "/anonymous").Name;
            Assert.NotEmpty(anonymous);

            Assert.Equal("from the host\ny", await OutputAsync(Tiny("sh", "-c", "cat /data/out; echo; cat /anonymous/y") with { VolumesFrom = [writer] }));
            Assert.False(File.Exists(Path.Combine(directory.FullName, "refused")));

            Assert.Equal(409, (await Assert.ThrowsAsync<EngineException>(() => Engine.RemoveVolumeAsync(volume, Cancel))).Status);
            await DisposeAsync();
            await Engine.RemoveVolumeAsync(volume, Cancel);
            await Engine.RemoveVolumeAsync(volume, Cancel);
            Assert.DoesNotContain(await Engine.ListVolumesAsync([], Cancel), v => v.Name == volume || v.Name == anonymous);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_container_over_its_memory_is_killed_and_says_so()
    {
        // The shell outlives the process that is killed: the engine hears of the kill and of a container's end on different ways. Again and again, as
        // the engine begins to listen for kills a moment after the start.
        var id = await RunAsync(Tiny("sh", "-c", "while :; do dd if=/dev/zero of=/dev/null bs=64M count=1; sleep 0.5; done") with { Memory = 8L << 20, MemorySwap = 8L << 20 });

        await EventAsync(id, "oom");
        await Engine.StopContainerAsync(id, grace: TimeSpan.Zero, Cancel);
        var die = await EventAsync(id, "die");
        var details = await Engine.InspectContainerAsync(id, Cancel);
        Assert.True(details!.OomKilled);
        Assert.Equal(137, details.ExitCode);
        Assert.Equal(137, die.ExitCode);
    }

    [Fact]
    public async Task Limits_capabilities_and_a_read_only_root_hold()
    {
        var output = await OutputAsync(Tiny("sh", "-c", "touch /x && echo writable; cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us; grep CapEff /proc/self/status; stat -c %n /dev/nullcopy") with
        {
            ReadOnlyRootFilesystem = true, Cpus = 0.5, CapDrop = ["ALL"], Devices = ["/dev/null:/dev/nullcopy"], ShmSize = 1L << 20, CpuShares = 512,
        });

        Assert.DoesNotContain("writable", output);
        Assert.Contains("50000", output);
        Assert.Contains("CapEff:\t0000000000000000", output);
        Assert.Contains("/dev/nullcopy", output);
    }

    [Fact]
    public async Task What_the_engine_refuses_is_its_own_sentence()
    {
        var noImage = await Assert.ThrowsAsync<EngineException>(() => CreateAsync(Tiny() with { Image = "kontena-test/nothing:0" }));
        Assert.Equal((404, "No such image: kontena-test/nothing:0"), (noImage.Status, noImage.Message));

        var name = NewName();
        await CreateAsync(Tiny(), name);
        var twice = await Assert.ThrowsAsync<EngineException>(() => CreateAsync(Tiny(), name));
        Assert.Equal(409, twice.Status);
        Assert.Contains("already in use", twice.Message);

        var noCommand = await CreateAsync(Tiny("/no/such/command"));
        var notFound = await Assert.ThrowsAsync<EngineException>(() => Engine.StartContainerAsync(noCommand, Cancel));
        Assert.Contains("no such file or directory", notFound.Message);
        var details = await Engine.InspectContainerAsync(noCommand, Cancel);
        Assert.Contains("no such file or directory", details!.Error);
        Assert.Equal(127, details.ExitCode);
    }

    [Fact]
    public async Task A_running_container_is_removed_only_by_force()
    {
        var id = await RunAsync(Tiny());

        Assert.Equal(409, (await Assert.ThrowsAsync<EngineException>(() => Engine.RemoveContainerAsync(id, force: false, anonymousVolumes: false, Cancel))).Status);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Engine.RemoveContainerAsync(id, force: true, anonymousVolumes: true, Cancel)));

        Assert.Null(await Engine.InspectContainerAsync(id, Cancel));
    }

    [Fact]
    public async Task A_restart_keeps_the_container_and_changes_its_process()
    {
        var id = await RunAsync(Tiny());
        var before = await Engine.InspectContainerAsync(id, Cancel);

        await Engine.RestartContainerAsync(id, TimeSpan.FromSeconds(1), Cancel);

        var after = await Engine.InspectContainerAsync(id, Cancel);
        Assert.True(after!.Running);
        Assert.NotEqual(before!.Pid, after.Pid);
        Assert.True(after.StartedAt > before.StartedAt);
    }
}
