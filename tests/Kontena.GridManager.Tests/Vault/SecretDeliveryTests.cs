using System.Security.Cryptography;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Vault;
using Kontena.Core.Vault;
using Kontena.GridManager.Tests.Platform;
using Kontena.State;
using Kontena.State.Documents;
using Kontena.Testing.RabbitMq;
using Kontena.Testing.Redis;
using Xunit;

namespace Kontena.GridManager.Tests.Vault;

/// <summary>Orders with secrets, through the running module to a node.</summary>
public sealed class SecretDeliveryTests(RabbitMqBroker broker) : IClassFixture<RabbitMqBroker>
{
    private const string Value = "a-value-that-is-nowhere-else";
    private const string Marker = "this-may-be-seen-anywhere";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static SealOrder Order(long generation = 1)
    {
        var order = OrderSealingTests.Order(new InstanceSecret("DB_PASS", "PASS", "env"));
        return order with { Order = order.Order with { Generation = generation, Spec = order.Order.Spec with { Env = [$"MARK={Marker}"] } } };
    }

    private static async Task<string> JoinAsync(RunningGridManager running, ECDiffieHellman key)
    {
        // As an agent does, until it is heard: on a broker a queue opens a moment after the process runs.
        while (!running.Mail.Of<NodeJoined>().Any())
        {
            await running.ReportAsync("join", "", new JoinGrid
            {
                NodeId = "ID:1", Name = "core-1", Token = RunningGridManager.Token, Facts = new NodeFacts { VaultKey = BusSeal.PublicKeyOf(key) },
            });
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancelled);
        }

        return running.Mail.Of<NodeJoined>().First().Node;
    }

    private static async Task WriteAsync(RunningGridManager running)
    {
        var door = await running.AskAsync<AskVaultDoor, VaultDoor>(new AskVaultDoor());
        var written = await running.AskAsync<WriteSecret, VaultWritten>(new WriteSecret
        {
            Grid = "prod", Name = "DB_PASS", Value = BusSeal.Seal(door.PublicKey!, SecretPlaces.Writing("prod", "DB_PASS"), Value), Writing = SecretWriting.Create,
        });
        Assert.True(written.IsNew);
    }

    private static async Task<ApplyInstance> DeliveredAsync(RunningGridManager running, SealOrder order)
    {
        await running.Bus.SendAsync(Destination.GridManager, order, Cancelled);
        return await running.Mail.WaitAsync<ApplyInstance>(one => one.Generation == order.Order.Generation);
    }

    private static string? Opened(ECDiffieHellman key, ApplyInstance order) =>
        BusSeal.Open(key, SecretPlaces.Delivery("prod", order.InstanceId, "DB_PASS"), order.Spec.Secrets[0].Value!);

    [Fact]
    public async Task A_closed_vault_is_told_to_the_node_and_nothing_goes_to_a_machine_that_is_no_longer_it()
    {
        var directory = Directory.CreateTempSubdirectory("kontena-delivery-").FullName;
        await using var running = await RunningGridManager.StartAsync(directory);
        using var key = BusSeal.NewKey();
        await JoinAsync(running, key);
        await WriteAsync(running);
        await running.Bus.SendAsync(Destination.GridManager, Order(7) with { NodeId = "ID:2" }, Cancelled);
        Assert.Equal(Value, Opened(key, await DeliveredAsync(running, Order(1))));

        File.Delete(Path.Combine(directory, "vault.key"));
        var without = await DeliveredAsync(running, Order(2));
        Assert.Null(without.Spec.Secrets[0].Value);
        Assert.StartsWith("the vault is closed: the vault is sealed with key ", without.Spec.SecretsProblem, StringComparison.Ordinal);
        Assert.DoesNotContain(running.Mail.Of<ApplyInstance>(), one => one.Generation == 7);
    }

    [Fact]
    public async Task A_service_asks_for_what_is_in_the_vault_and_follows_its_value()
    {
        await using var running = await RunningGridManager.StartAsync();
        var request = Some.Request("web") with { Secrets = [new SecretRequest("DB_PASS", "PASS")] };
        Assert.Equal("Refused; secrets.[]: Secret DB_PASS does not exist", (await running.AskAsync(new CreateService { Grid = "prod", Request = request })).Show());
        await WriteAsync(running);
        Assert.StartsWith("Done", (await running.AskAsync(new CreateService { Grid = "prod", Request = request })).Show(), StringComparison.Ordinal);
        var service = (await running.Store.GetAsync(StateKeys.Service, "prod", Service.DocumentId(Service.NoStack, "web"), Cancelled))!.Value;
        Assert.Equal([new SecretUse("DB_PASS", "PASS", "env")], service.Spec.Secrets);

        await running.AskAsync(new DeleteSecret { Grid = "prod", Name = "DB_PASS" });
        await WriteAsync(running);
        var renewed = (await running.Store.GetAsync(StateKeys.Service, "prod", Service.DocumentId(Service.NoStack, "web"), Cancelled))!.Value;
        Assert.Equal(service.Revision + 1, renewed.Revision);
    }

    [Fact(Timeout = 240_000)]
    public async Task The_value_is_in_no_file_of_broker_store_or_service()
    {
        Assert.SkipWhen(RabbitMqBroker.Missing is not null, RabbitMqBroker.Missing ?? "");
        await using var redis = await RedisServer.StartNewAsync(Cancelled);
        var address = await broker.NewVirtualHostAsync(Cancelled);
        var directory = Directory.CreateTempSubdirectory("kontena-delivery-").FullName;
        await using var running = await RunningGridManager.StartAsync(directory, $"--Kontena:Bus:RabbitMq={address}", $"--Kontena:State:Redis={redis.ConnectionString}");
        using var key = BusSeal.NewKey();
        await JoinAsync(running, key);
        await WriteAsync(running);
        await running.AskAsync(new CreateService { Grid = "prod", Request = Some.Request("web") with { Env = [$"MARK={Marker}"], Secrets = [new SecretRequest("DB_PASS", "PASS")] } });

        Assert.Equal(Value, Opened(key, await DeliveredAsync(running, Order())));

        // What is no secret is found in both, so these are the files to search.
        Assert.True(await HasAsync(broker.DataDirectory, Marker));
        Assert.True(await HasAsync(redis.DataDirectory, Marker));
        foreach (var place in new[] { broker.DataDirectory, redis.DataDirectory, directory })
        {
            Assert.False(await HasAsync(place, Value), place);
            Assert.False(await HasAsync(place, Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Value))), place);
        }
    }

    private static async Task<bool> HasAsync(string directory, string text)
    {
        var wanted = System.Text.Encoding.UTF8.GetBytes(text);
        foreach (var file in Directory.EnumerateFiles(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = true }))
        {
            try
            {
                if ((await File.ReadAllBytesAsync(file, Cancelled)).AsSpan().IndexOf(wanted) >= 0)
                    return true;
            }
            catch (IOException)
            {
                // A broker that works renames its files.
            }
        }

        return false;
    }
}
