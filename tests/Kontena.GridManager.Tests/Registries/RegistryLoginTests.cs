using Kontena.Contracts.Instances;
using Kontena.Contracts.Registries;
using Kontena.Contracts.Vault;
using Kontena.Core.Vault;
using Kontena.GridManager.Tests.Platform;
using Kontena.State;
using Kontena.State.Documents;
using Xunit;

namespace Kontena.GridManager.Tests.Registries;

/// <summary>Logins in the running module: kept sealed, and told to the node whose instance needs them.</summary>
public sealed class RegistryLoginTests : IDisposable
{
    private const string Password = "a-password-that-is-nowhere-else";
    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-registries-").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_login_is_told_sealed_to_the_node_whose_instance_needs_it_and_to_no_other()
    {
        var running = await RunningGridManager.StartAsync(_directory);
        var written = await WriteAsync(running, "https://registry.example:5000/", "https://registry.example:5000/");
        Assert.Equal(("registry.example:5000", true), (written.Result.CreatedId, written.IsNew));
        await running.Store.CommitAsync(
            new CommitBatch("prod").Put(StateKeys.Node, Some.Node(1), 0).Put(StateKeys.Node, Some.Node(2), 0)
                .Put(StateKeys.Instance, Placed("a", "registry.example:5000/app:1"), 0).Put(StateKeys.Instance, Placed("b", "redis:7"), 0), Cancelled);
        using var own = BusSeal.NewKey();

        // Whose the instance is not, who says another's name, and who asks about nothing: none of them is answered.
        await AskAsync(running, own, "q1", node: 2, "a");
        await AskAsync(running, own, "q2", node: 1, "a", nodeId: "ID:2");
        await AskAsync(running, own, "q3", node: 1, "no-such-instance");
        await AskAsync(running, own, "q4", node: 1, "b");
        await AskAsync(running, own, "q5", node: 1, "a");

        var told = await running.Mail.WaitAsync<RegistryLoginTold>(one => one.QuestionId == "q5");
        Assert.Equal(("registry.example:5000", "bot", null), (told.Registry, told.Username, told.Problem));
        Assert.Equal(Password, BusSeal.Open(own, RegistryPlaces.Telling("prod", "ID:1", "q5", "registry.example:5000"), told.Password!));
        Assert.Equal(new RegistryLoginTold { QuestionId = "q4" }, await running.Mail.WaitAsync<RegistryLoginTold>(one => one.QuestionId == "q4"));

        File.Move(Path.Combine(_directory, "vault.key"), Path.Combine(_directory, "away"));
        await AskAsync(running, own, "q6", node: 1, "a");
        var closed = await running.Mail.WaitAsync<RegistryLoginTold>(one => one.QuestionId == "q6");
        Assert.Null(closed.Password);
        Assert.EndsWith("the master's vault is closed; the log of grid-manager says why", closed.Problem, StringComparison.Ordinal);
        Assert.Equal(["q4", "q5", "q6"], running.Mail.Of<RegistryLoginTold>().Select(one => one.QuestionId).Order(StringComparer.Ordinal));
        await running.StopAsync();

        foreach (var file in Directory.EnumerateFiles(_directory, "*", SearchOption.AllDirectories))
            Assert.Equal(-1, (await File.ReadAllBytesAsync(file, Cancelled)).AsSpan().IndexOf("a-password-that-is-nowhere-else"u8));
    }

    [Fact]
    public async Task A_password_that_was_sealed_for_another_registry_is_not_taken()
    {
        await using var running = await RunningGridManager.StartAsync();

        var written = await WriteAsync(running, "https://evil.example", sealedFor: "https://registry.example");

        Assert.StartsWith("the value was sealed for another key", written.Closed, StringComparison.Ordinal);
        Assert.Empty(await running.Store.ListAsync(StateKeys.ExternalRegistry, "prod", Cancelled));
    }

    private static async Task<VaultWritten> WriteAsync(RunningGridManager running, string url, string sealedFor)
    {
        var door = await running.AskAsync<AskVaultDoor, VaultDoor>(new AskVaultDoor());
        return await running.AskAsync<WriteRegistry, VaultWritten>(new WriteRegistry
        {
            Grid = "prod", Url = url, Username = "bot", Password = BusSeal.Seal(door.PublicKey!, RegistryPlaces.Writing("prod", sealedFor), Password),
        });
    }

    private static Task AskAsync(RunningGridManager running, System.Security.Cryptography.ECDiffieHellman own, string id, int node, string instance, string? nodeId = null) =>
        running.ReportAsync("login", "prod", new AskRegistryLogin
        {
            Grid = "prod", Node = $"core-{node}", NodeId = nodeId ?? $"ID:{node}", QuestionId = id, InstanceId = instance, PublicKey = BusSeal.PublicKeyOf(own),
        });

    private static Instance Placed(string id, string image) => new()
    {
        Id = id,
        Grid = "prod",
        Stack = "shop",
        Service = "web",
        ServiceUid = "uid",
        Number = 1,
        Node = "core-1",
        NodeId = "ID:1",
        Generation = 1,
        Desired = DesiredState.Running,
        Spec = new InstanceSpec
        {
            Name = "shop.web-1", Grid = "prod", Stack = "shop", Service = "web", ServiceUid = "uid", Number = 1, Image = image, ServiceRevision = 1, DeployRev = "d1",
        },
        CreatedAt = Some.Day,
        UpdatedAt = Some.Day,
    };
}
