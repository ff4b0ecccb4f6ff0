using System.Net;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Core.Tls;
using Kontena.GridManager.Identities;
using Kontena.GridManager.Tests.Platform;
using Kontena.State;
using Kontena.State.Documents;
using Kontena.Testing.RabbitMq;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace Kontena.GridManager.Tests.Identities;

/// <summary>The exchange of a token for a login, through the whole grid-manager on a real broker with TLS.</summary>
public sealed class EnrolTests(RabbitMqBroker broker) : IClassFixture<RabbitMqBroker>
{
    private const string Token = "the-token-of-core-1";
    private const string Password = "a-password-that-nobody-would-guess-0";
    private static readonly EnrolNode Request = new()
    {
        NodeId = "AAAA:BBBB:CCCC:DDDD:1111", Name = "box", Token = Token, Key = "the-key-of-the-agent", BrokerPassword = Password,
    };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public async Task A_token_gives_one_machine_a_login_that_works_and_ends_with_the_token()
    {
        var (running, address) = await StartAsync();
        await using var _ = running;
        Assert.Contains("opens no grid", await RefusalAsync(running, Request with { Token = "a-token-that-opens-nothing" }), StringComparison.Ordinal);
        Assert.Contains("at least 16", await RefusalAsync(running, Request with { NodeId = "SHORT" }), StringComparison.Ordinal);
        Assert.Contains("32 to 128", await RefusalAsync(running, Request with { BrokerPassword = "short" }), StringComparison.Ordinal);

        var given = await EnrolAsync(running, Request);
        Assert.Equal(("prod", "core-1", "node-aaaabbbbccccdddd1111"), (given.Grid, given.Node, given.User));
        Assert.Equal($"amqps://127.0.0.1:{new Uri(address).Port}{new Uri(address).AbsolutePath}", given.Broker);
        await using var connection = await ConnectAsync(address, given.User!);

        // Again, as after an answer that was lost; with its key alone; and for anybody else.
        Assert.Equal(given, await EnrolAsync(running, Request) with { Result = given.Result });
        Assert.Equal(given.Outlet, (await EnrolAsync(running, Request with { Token = "" })).Outlet);
        Assert.True(connection.IsOpen);
        Assert.Contains("in use by another engine", await RefusalAsync(running, Request with { NodeId = "AAAA:BBBB:CCCC:DDDD:2222" }), StringComparison.Ordinal);
        Assert.Contains("known by its key", await RefusalAsync(running, Request with { Token = "", Key = "another-key-of-an-agent" }), StringComparison.Ordinal);

        // From the command to the closed connection.
        var closed = ClosedAsync(connection);
        var started = TimeProvider.System.GetTimestamp();
        Assert.Equal("Done", (await running.AskAsync(new ResetNodeToken { Grid = "prod", Node = "core-1", ResetConnection = true })).Show());
        await closed.WaitAsync(Cancelled);
        var took = TimeProvider.System.GetElapsedTime(started);
        TestContext.Current.SendDiagnosticMessage($"revoked in {took.TotalMilliseconds:0} ms");
        Assert.InRange(took.TotalSeconds, 0, 1);
        Assert.Contains("opens no grid", await RefusalAsync(running, Request), StringComparison.Ordinal);
        Assert.Contains("known by its key", await RefusalAsync(running, Request with { Token = "" }), StringComparison.Ordinal);
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => ConnectAsync(address, given.User!));

        var token = (await running.Store.GetAsync(StateKeys.Node, "prod", "core-1", Cancelled))!.Value.Token!;
        var again = await EnrolAsync(running, Request with { Token = token, BrokerPassword = Password + "1" });
        Assert.Equal(given.Outlet, again.Outlet);
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => ConnectAsync(address, given.User!));
    }

    [Fact(Timeout = 240_000)]
    public async Task A_removed_node_is_cut_off_within_a_second_and_its_removal_is_remembered_until_it_joins_again()
    {
        var (running, address) = await StartAsync();
        await using var _ = running;
        var given = await EnrolAsync(running, Request);
        await using var connection = await ConnectAsync(address, given.User!);
        var closed = ClosedAsync(connection);
        var started = TimeProvider.System.GetTimestamp();
        Assert.Equal("Done", (await running.AskAsync(new RemoveNode { Grid = "prod", Node = "core-1" })).Show());
        await closed.WaitAsync(Cancelled);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 1);

        RevokedIdentity? removed;
        while ((removed = await RemovedAsync(running, given.User!))?.DoneAt is null)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancelled);
        Assert.Equal(("core-1", 64), (removed.Node, removed.KeyHash!.Length));
        Assert.Equal("box", (await EnrolAsync(running, Request with { Token = RunningGridManager.Token })).Node);
        Assert.Null(await RemovedAsync(running, given.User!));
        await using var back = await ConnectAsync(address, given.User!);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_node_that_makes_queues_without_end_loses_them_and_no_other_node_notices()
    {
        var (running, address) = await StartAsync();
        await using var _ = running;
        var given = await EnrolAsync(running, Request);
        var other = await EnrolAsync(running, Request with { NodeId = "AAAA:BBBB:CCCC:DDDD:2222", Token = RunningGridManager.Token, Key = "the-key-of-another" });
        await using var bystander = await ConnectAsync(address, other.User!);
        await using (var connection = await ConnectAsync(address, given.User!))
        {
            var closed = ClosedAsync(connection);
            await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);
            await channel.QueueDeclareAsync(given.User!, true, false, false, cancellationToken: Cancelled);
            try
            {
                for (var number = 0; number < NodeQueueBound.Usual(2); number++)
                    await channel.QueueDeclareAsync($"{given.User}-evil-{number}", false, false, false, cancellationToken: Cancelled);
            }
            catch (Exception cut) when (cut is AlreadyClosedException or OperationInterruptedException)
            {
                // The regular look was quicker.
            }

            while (!closed.IsCompleted)
                await LookNowAsync(running);
        }

        string left;
        while ((left = await broker.InspectAsync($"api/queues{new Uri(address).AbsolutePath}?columns=name", Cancelled)).Contains("evil", StringComparison.Ordinal))
            await LookNowAsync(running);
        Assert.Contains($"\"{given.User}\"", left, StringComparison.Ordinal);
        Assert.True(bystander.IsOpen);

        // At a later look it has its login again.
        while (true)
        {
            try
            {
                await using var back = await ConnectAsync(address, given.User!);
                break;
            }
            catch (BrokerUnreachableException)
            {
                await LookNowAsync(running);
            }
        }
    }

    /// <summary>Whoever removes a node has the users looked at.</summary>
    private static async Task LookNowAsync(RunningGridManager running)
    {
        await running.AskAsync(new CreateNode { Grid = "prod", Name = "nobody", Token = "the-token-of-nobody" });
        await running.AskAsync(new RemoveNode { Grid = "prod", Node = "nobody" });
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancelled);
    }

    private async Task<(RunningGridManager Running, string Address)> StartAsync()
    {
        broker.SpeakTls();
        var address = await broker.NewVirtualHostAsync(Cancelled);
        var running = await RunningGridManager.StartAsync(
            null, $"--Kontena:Bus:RabbitMq={address}", $"--Kontena:Bus:Management={broker.Management}", $"--Kontena:Tls:CaFile={broker.CaFile}", "--Kontena:Log:Level=Error");
        Assert.Equal("Done", (await running.AskAsync(new CreateNode { Grid = "prod", Name = "core-1", Token = Token })).Show());
        return (running, address);
    }

    private static async Task<NodeEnrolled> EnrolAsync(RunningGridManager running, EnrolNode request)
    {
        var enrolled = await running.AskAsync<EnrolNode, NodeEnrolled>(request);
        Assert.Equal("Done", enrolled.Result.Outcome.ToString());
        return enrolled;
    }

    private static async Task<string> RefusalAsync(RunningGridManager running, EnrolNode request) => (await running.AskAsync<EnrolNode, NodeEnrolled>(request)).Result.Show();

    private static async Task<RevokedIdentity?> RemovedAsync(RunningGridManager running, string user) =>
        (await running.Store.GetAsync(StateKeys.RevokedIdentity, "prod", user, Cancelled))?.Value;

    private async Task<IConnection> ConnectAsync(string address, string user)
    {
        var factory = new ConnectionFactory { Uri = new UriBuilder(address) { UserName = user, Password = Password }.Uri, AutomaticRecoveryEnabled = false };
        factory.Ssl.CertificateValidationCallback = CertificateTrust.OfFile(broker.CaFile, TimeProvider.System).CallbackFor(IPAddress.Loopback.ToString());
        return await factory.CreateConnectionAsync(Cancelled);
    }

    private static Task ClosedAsync(IConnection connection)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionShutdownAsync += (_, _) =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        return closed.Task;
    }
}
