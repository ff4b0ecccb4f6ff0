using System.Text.Json;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Vault;
using Kontena.Core.Vault;
using Kontena.NodeAgent.Secrets;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Xunit;

namespace Kontena.NodeAgent.Tests.Secrets;

/// <summary>Secrets on their way from an order into a container, over an engine in memory.</summary>
public sealed class SecretsOfInstancesTests
{
    private const string Value = "a-value-that-is-nowhere-else";

    private static FakeContainerEngine Engine()
    {
        var engine = new FakeContainerEngine();
        engine.AddImage(TinyImages.Tiny1);
        return engine;
    }

    private static InstanceSecret Sealed(AgentHarness agent, string name, string type, string value = Value) => new("DB_PASS", name, type)
    {
        Value = BusSeal.Seal(agent.SecretKey.PublicKey, SecretPlaces.Delivery("test", Some.Id(1), "DB_PASS"), value),
    };

    private static string FileOf(AgentHarness agent, int revision, string name) => Path.Combine(agent.Options.SecretsDirectory, Some.Id(1), $"{revision}", name);

    [Fact]
    public async Task A_container_gets_variables_and_a_directory_of_files_and_the_agents_own_files_tell_nothing()
    {
        var engine = Engine();
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Some.Spec() with { Env = ["PASS=of the user", "A=1"], Secrets = [Sealed(agent, "PASS", "env"), Sealed(agent, "pass.txt", "file")] });
        await agent.ReadyAsync(1);

        var config = engine.Container("shop.web-1").Config;
        Assert.Equal($"PASS={Value}", config.Env.Last(one => one.StartsWith("PASS=", StringComparison.Ordinal)));
        Assert.Equal($"{Path.GetDirectoryName(FileOf(agent, 1, "x"))}:/run/secrets:ro", Assert.Single(config.Binds));
        Assert.Equal(Value, await File.ReadAllTextAsync(FileOf(agent, 1, "pass.txt"), TestContext.Current.CancellationToken));
        Assert.Equal("r--r--r--", Mode(FileOf(agent, 1, "pass.txt")));
        Assert.Equal("rwx------", Mode(agent.Options.SecretsDirectory));
        foreach (var file in Directory.EnumerateFiles(agent.Directory, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain(Value, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain(Value, string.Join('\n', agent.Bus.Of<InstanceObserved>().Select(seen => JsonSerializer.Serialize(seen))), StringComparison.Ordinal);

        await agent.RemoveAsync(Some.Spec(), 2);
        await agent.ObserveAsync(seen => seen.State == ObservedState.Removed);
        Assert.False(Directory.Exists(Path.GetDirectoryName(Path.GetDirectoryName(FileOf(agent, 1, "x")))));
    }

    [Fact]
    public async Task Files_that_a_reboot_took_away_are_there_again_before_the_container_starts_with_nobody_above()
    {
        var engine = Engine();
        await using var before = await AgentHarness.StartAsync(engine);
        await before.ApplyAsync(Some.Spec() with { Secrets = [Sealed(before, "pass.txt", "file")] });
        await before.ReadyAsync(1);
        await before.StopAsync();
        Directory.Delete(before.Options.SecretsDirectory, recursive: true);
        engine.RestartEngine();
        var seen = new List<bool>();
        engine.ExitAtStart = _ =>
        {
            seen.Add(File.Exists(FileOf(before, 1, "pass.txt")));
            return null;
        };

        await using var after = await AgentHarness.StartAsync(engine, before.Directory);
        await after.ReadyAsync(1);
        Assert.Equal([true], seen);
    }

    [Fact]
    public async Task Secrets_that_can_not_be_had_leave_the_container_that_runs_alone_and_say_why()
    {
        var engine = Engine();
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Some.Spec() with { Secrets = [Sealed(agent, "pass.txt", "file")] });
        await agent.ReadyAsync(1);
        var id = engine.Container("shop.web-1").Id;

        await agent.ApplyAsync(Some.Spec(revision: 2) with { Secrets = [new InstanceSecret("DB_PASS", "PASS", "env")], SecretsProblem = "the vault is closed: no key" }, 2);
        var failed = await agent.ObserveAsync(seen => seen.Generation == 2 && seen.Error is not null);

        Assert.Equal("could not open the secrets: the vault is closed: no key. Then deploy the service again", failed.Error);
        Assert.Equal((id, true), (engine.Container("shop.web-1").Id, engine.Container("shop.web-1").Running));
        Assert.True(File.Exists(FileOf(agent, 1, "pass.txt")));
    }

    [Fact]
    public async Task The_files_of_a_replaced_container_go_with_it()
    {
        var engine = Engine();
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Some.Spec() with { Secrets = [Sealed(agent, "pass.txt", "file", "old")] });
        await agent.ReadyAsync(1);
        await agent.ApplyAsync(Some.Spec(revision: 2) with { Secrets = [Sealed(agent, "pass.txt", "file", "new")] }, 2);
        await agent.ReadyAsync(2);
        Assert.False(File.Exists(FileOf(agent, 1, "pass.txt")));
        Assert.Equal("new", await File.ReadAllTextAsync(FileOf(agent, 2, "pass.txt"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_directory_on_a_disk_is_refused_before_anything_is_written()
    {
        Assert.SkipWhen(new DriveInfo(AppContext.BaseDirectory).DriveFormat is "tmpfs" or "ramfs", "this machine has no disk");
        var options = new NodeAgentOptions { DataDirectory = "", SecretsDirectory = Path.Combine(AppContext.BaseDirectory, "secrets-on-disk") };
        var problem = new SecretFiles(options).Put("i", 1, [new SecretFile("N", Value)]);
        Assert.StartsWith($"files of secrets are kept in memory only, and {options.SecretsDirectory} is on ", problem, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(options.SecretsDirectory));
        Directory.Delete(options.SecretsDirectory);
    }

    [Fact]
    public void The_nodes_key_outlives_the_agent_and_one_that_is_damaged_is_made_anew()
    {
        var options = new NodeAgentOptions { DataDirectory = Directory.CreateTempSubdirectory("kontena-key-").FullName };
        var made = new SecretKey(options).PublicKey;
        var file = Path.Combine(options.DataDirectory, "secrets.key");
        Assert.True(BusSeal.IsPublicKey(made));
        Assert.Equal("rw-------", Mode(file));
        Assert.Equal(made, new SecretKey(options).PublicKey);
        File.WriteAllText(file, "no key");
        Assert.NotEqual(made, new SecretKey(options).PublicKey);
        Directory.Delete(options.DataDirectory, recursive: true);
    }

    private static string Mode(string path)
    {
        var mode = OperatingSystem.IsWindows() ? 0 : (int)File.GetUnixFileMode(path);
        return string.Concat(Enumerable.Range(0, 9).Select(bit => (mode & (256 >> bit)) == 0 ? '-' : "rwx"[bit % 3]));
    }
}
