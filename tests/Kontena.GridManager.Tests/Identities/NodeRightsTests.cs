using System.Collections.Concurrent;
using Kontena.Contracts.Exec;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Logs;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Core.Tls;
using Kontena.GridManager.Identities;
using Kontena.Hosting;
using Kontena.Hosting.Bus;
using Kontena.Testing.RabbitMq;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace Kontena.GridManager.Tests.Identities;

/// <summary>What a node may do at a real broker, over TLS as it is deployed, with the user it is given, and what it may not.</summary>
public sealed class NodeRightsTests(RabbitMqBroker broker) : IClassFixture<RabbitMqBroker>
{
    private const string Mine = "AAAA:1111";
    private const string Other = "BBBB:2222";
    private const string Password = "a-password-that-nobody-would-guess-0";
    private static readonly NodeOutlet MyOutlet = NodeOutlet.Of(Mine, "prod", "core-1");
    private static readonly NodeOutlet OtherOutlet = NodeOutlet.Of(Other, "prod", "core-2");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Each attempt in a channel of its own; what the broker must answer to it.</summary>
    private static readonly (string What, ushort Code, Func<IChannel, Task> Try)[] Attempts =
    [
        ("read another node's orders", 403, channel => channel.BasicConsumeAsync(Queues.Node(Other), false, new AsyncEventingBasicConsumer(channel))),
        ("take one of another node's orders", 403, channel => channel.BasicGetAsync(Queues.Node(Other), true)),
        ("ask another node's queue for its length as its reader", 403, channel => channel.QueueDeclareAsync(Queues.Node(Other), true, false, false)),
        ("purge another node's queue", 403, channel => channel.QueuePurgeAsync(Queues.Node(Other))),
        ("delete another node's queue", 403, channel => channel.QueueDeleteAsync(Queues.Node(Other), false, false)),
        ("give another node orders", 403, channel => PublishAsync(channel, Queues.Node(Other), "")),
        ("have another node's queue filled from its own exchange", 403, channel => channel.QueueBindAsync(Queues.Node(Other), MyOutlet.Exchange, "#")),
        ("cut another node's queue off", 403, channel => channel.QueueUnbindAsync(Queues.Node(Other), Queues.Node(Other), "")),
        ("have another node's exchange fill its queue", 403, channel => BindAsync(channel, Queues.Node(Other), "")),
        ("make another node's exchange", 403, channel => channel.ExchangeDeclareAsync(OtherOutlet.Exchange, ExchangeType.Topic, true)),
        ("speak through another node's exchange", 403, channel => PublishAsync(channel, OtherOutlet.Exchange, "0.heartbeat")),
        ("delete another node's exchange", 403, channel => channel.ExchangeDeleteAsync(OtherOutlet.Exchange, false)),
        ("speak to the shared exchange itself", 403, channel => PublishAsync(channel, Queues.Reports, "0.heartbeat")),
        ("speak to the exchange of logs itself", 403, channel => PublishAsync(channel, Queues.NodeData, "")),
        ("send exec output past its exchange", 403, channel => PublishAsync(channel, Queues.ExecOutput, "exec.output.x")),
        ("command grid-manager", 403, channel => PublishAsync(channel, Queues.GridManager, "")),
        ("command a scheduler", 403, channel => PublishAsync(channel, Queues.SchedulerShard(0), "")),
        ("send by the default exchange to its own queue", 403, channel => PublishAsync(channel, "", Queues.Node(Mine))),
        ("send by the default exchange to another's queue", 403, channel => PublishAsync(channel, "", Queues.Node(Other))),
        ("send as another user", 406, channel => PublishAsync(channel, MyOutlet.Exchange, "0.heartbeat", OtherOutlet.User)),
        ("answer a question in the api's place", 403, channel => PublishAsync(channel, Queues.ApiExec("p1"), "")),
        ("purge the reports", 403, channel => channel.QueuePurgeAsync(Queues.GridManagerReports)),
        ("delete the queue of a scheduler", 403, channel => channel.QueueDeleteAsync(Queues.SchedulerShard(0), false, false)),
        ("make the queue of commands", 403, channel => channel.QueueDeclareAsync(Queues.GridManager, true, false, false)),
        ("make the exchange of reports", 403, channel => channel.ExchangeDeclareAsync(Queues.Reports, ExchangeType.Topic, true)),
        ("hear everything that the broker traces", 403, channel => BindAsync(channel, "amq.rabbitmq.trace", "#")),
        ("read the reports", 403, channel => channel.BasicConsumeAsync(Queues.GridManagerReports, false, new AsyncEventingBasicConsumer(channel))),
        ("hear the reports of all nodes", 403, channel => BindAsync(channel, Queues.Reports, "#")),
        ("hear what another node says", 403, channel => BindAsync(channel, OtherOutlet.Exchange, "#")),
        ("hear the broker's own topic", 403, channel => BindAsync(channel, "amq.topic", "#")),
        ("hear the names of its grid past its own exchange", 403, channel => BindAsync(channel, Queues.GridNames("prod"), "")),
        ("hear the names of another grid", 403, channel => BindAsync(channel, Queues.GridNames("other"), "")),
        ("have its exchange hand on to the reports", 403, channel => channel.ExchangeBindAsync(Queues.Reports, MyOutlet.Exchange, "#")),
        ("have another outlet hand on to the reports", 403, async channel =>
        {
            var forged = NodeOutlet.Of(Mine, "other", "core-9").Exchange;
            await channel.ExchangeDeclareAsync(forged, ExchangeType.Topic, durable: true);
            await channel.ExchangeBindAsync(Queues.Reports, forged, "#");
        }),
        ("make an exchange that fails over to the reports", 403, channel => channel.ExchangeDeclareAsync(
            "node-aaaa1111.x", ExchangeType.Fanout, arguments: new Dictionary<string, object?> { ["alternate-exchange"] = Queues.Reports })),
        ("make a queue whose dead letters go to the reports", 403, channel => channel.QueueDeclareAsync(
            "node-aaaa1111.x", true, false, false, new Dictionary<string, object?> { ["x-dead-letter-exchange"] = Queues.Reports })),
        ("make a queue with a foreign name", 403, channel => channel.QueueDeclareAsync("evil", true, false, false)),
        ("make a queue with a name that begins like its own", 403, channel => channel.QueueDeclareAsync(Queues.Node(Mine) + "2", true, false, false)),
        ("make a queue that the broker names", 403, channel => channel.QueueDeclareAsync("", false, true, true)),
        ("make an exchange with a foreign name", 403, channel => channel.ExchangeDeclareAsync("evil", ExchangeType.Fanout)),
        ("delete the exchange of reports", 403, channel => channel.ExchangeDeleteAsync(Queues.Reports, false)),
        ("read its own orders", 0, channel => channel.BasicConsumeAsync(Queues.Node(Mine), false, new AsyncEventingBasicConsumer(channel))),
        ("purge its own orders", 0, channel => channel.QueuePurgeAsync(Queues.Node(Mine))),
        ("hear the names of its grid through its own exchange", 0, channel => BindAsync(channel, MyOutlet.Inlet(Queues.GridNames("prod")), "")),
        // Whether a name exists, and how many messages wait there, can be learnt: RabbitMQ asks for no right to look.
        ("learn that another node's queue is there", 0, channel => channel.QueueDeclarePassiveAsync(Queues.Node(Other))),
        ("make a queue of its own", 0, channel => channel.QueueDeclareAsync(Queues.Node(Mine) + "-mine", true, false, false)),
        ("say something through its exchange", 0, channel => PublishAsync(channel, MyOutlet.Exchange, "0.heartbeat")),
    ];

    [Fact(Timeout = 240_000)]
    public async Task A_node_touches_nothing_but_its_own()
    {
        var (address, management) = await StartAsync();
        await using var admin = await ConnectAsync(new Uri(address));
        await using (var channel = await admin.CreateChannelAsync(cancellationToken: Cancelled))
        {
            foreach (var queue in new[] { Queues.Node(Other), Queues.Node(Mine), Queues.GridManagerReports, Queues.GridManager, Queues.SchedulerShard(0) })
            {
                await channel.QueueDeclareAsync(queue, true, false, false, cancellationToken: Cancelled);
                await channel.ExchangeDeclareAsync(queue, ExchangeType.Fanout, true, cancellationToken: Cancelled);
            }

            await channel.ExchangeDeclareAsync(Queues.GridNames("other"), ExchangeType.Fanout, true, cancellationToken: Cancelled);
        }

        await using var node = await ConnectAsync(AddressFor(address, MyOutlet.User));
        var answers = new List<string>();
        foreach (var (what, _, attempt) in Attempts)
            answers.Add($"{what}: {await AnswerAsync(node, attempt)}");
        Assert.Equal(Attempts.Select(one => $"{one.What}: {one.Code}"), answers);

        // Nor does its password open anything else.
        using var http = new HttpClient { DefaultRequestHeaders = { Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"{MyOutlet.User}:{Password}"))) } };
        foreach (var (method, path) in new[] { (HttpMethod.Get, "queues"), (HttpMethod.Get, "whoami"), (HttpMethod.Get, "definitions"), (HttpMethod.Get, "users"), (HttpMethod.Put, "users/evil"), (HttpMethod.Delete, "vhosts/%2F") })
        {
            using var request = new HttpRequestMessage(method, new Uri(broker.Management, $"api/{path}")) { Content = method == HttpMethod.Put ? new StringContent("{\"password\":\"x\",\"tags\":\"administrator\"}") : null };
            using var answer = await http.SendAsync(request, Cancelled);
            Assert.Equal((path, System.Net.HttpStatusCode.Unauthorized), (path, answer.StatusCode));
        }

        var elsewhere = Factory(AddressFor(address, MyOutlet.User));
        elsewhere.VirtualHost = "/";
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            // The client takes the broker's refusal for an answer, and notices with the next call.
            await using var connection = await elsewhere.CreateConnectionAsync(Cancelled);
            await connection.CreateChannelAsync(cancellationToken: Cancelled);
        });
        management.Dispose();
    }

    [Fact(Timeout = 240_000)]
    public async Task Without_TLS_or_with_another_authority_there_is_no_way_in()
    {
        var (address, management) = await StartAsync();
        using var _ = management;
        var plain = new UriBuilder(AddressFor(address, MyOutlet.User)) { Scheme = "amqp" }.Uri;
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => new ConnectionFactory { Uri = plain, AutomaticRecoveryEnabled = false, RequestedConnectionTimeout = TimeSpan.FromSeconds(5) }.CreateConnectionAsync(Cancelled));
        var stranger = new ConnectionFactory { Uri = AddressFor(address, MyOutlet.User), AutomaticRecoveryEnabled = false };
        stranger.Ssl.CertificateValidationCallback = CertificateTrust.OfSystem.CallbackFor("127.0.0.1");
        var refused = await Assert.ThrowsAsync<BrokerUnreachableException>(() => stranger.CreateConnectionAsync(Cancelled));
        Assert.Contains("which this machine does not trust", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_node_has_so_many_connections_and_channels_and_no_more()
    {
        var (address, management) = await StartAsync();
        using var _ = management;
        var mine = AddressFor(address, MyOutlet.User);
        var open = new List<IConnection>();
        try
        {
            for (var number = 0; number < BrokerUser.MaxConnections; number++)
                open.Add(await ConnectAsync(mine));
            await Assert.ThrowsAnyAsync<Exception>(() => UseAsync(mine));
            // Another node has its own.
            await UseAsync(AddressFor(address, OtherOutlet.User));

            await open[0].CloseAsync(Cancelled);
            await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                for (var number = 0; number <= BrokerUser.MaxChannels; number++)
                    await open[1].CreateChannelAsync(cancellationToken: Cancelled);
            });
        }
        finally
        {
            foreach (var connection in open)
                await connection.DisposeAsync();
        }

        async Task UseAsync(Uri address)
        {
            // The client takes the broker's refusal for an answer, and notices with the next call.
            await using var connection = await ConnectAsync(address);
            await connection.CreateChannelAsync(cancellationToken: Cancelled);
        }
    }

    [Fact(Timeout = 240_000)]
    public async Task An_agent_works_through_its_own_exchange_and_is_heard_only_in_its_own_name()
    {
        var (address, management) = await StartAsync();
        using var _ = management;
        await using var service = await RunAsync(address, null, builder =>
        {
            builder.AddControlEndpoint(new BusEndpoint(Queues.SchedulerShardOf("prod"))
            {
                Consumers = [typeof(EarConsumer)], Bindings = [new(Queues.Reports, $"{Queues.ShardOf("prod")}.*")],
            });
            builder.AddDataEndpoint(new BusEndpoint("api-exec-p1") { Consumers = [typeof(EarConsumer)], Temporary = true, Bindings = [new(Queues.ExecOutput, "exec.output.p1")] });
            builder.AddDataEndpoint(new BusEndpoint(Queues.LogIngest) { Consumers = [typeof(EarConsumer)], Bindings = [new(Queues.NodeData)] });
        });
        await using var node = await RunAsync(AddressFor(address, MyOutlet.User).ToString(), MyOutlet.Exchange, builder =>
        {
            builder.AddControlEndpoint(new BusEndpoint(Queues.Node(Mine)) { Consumers = [typeof(OrderEar)] });
            builder.AddControlEndpoint(new BusEndpoint(Queues.NodeJoin(Mine, "run1")) { Consumers = [typeof(OrderEar)], Temporary = true });
            builder.AddControlEndpoint(new BusEndpoint(Queues.Node(Mine) + "-names") { Consumers = [typeof(OrderEar)], Temporary = true, Bindings = [new(Queues.GridNames("prod"))] });
            builder.AddDataEndpoint(new BusEndpoint(Queues.NodeExec(Mine)) { Consumers = [typeof(OrderEar)] });
        });
        await UntilReadyAsync(service);
        await UntilReadyAsync(node);
        var (control, data) = (node.Services.GetRequiredService<IControlBus>(), node.Services.GetRequiredService<IDataBus>());

        // A hostile agent is not held back by our own client.
        await ForgeAsync(node.Services.GetRequiredService<IBus>(), "heartbeat", Some.Beat("core-2", Other, ""));
        await ForgeAsync(node.Services.GetRequiredService<IBus>(), "heartbeat", Some.Beat("core-2", Mine, ""));
        await ForgeAsync(node.Services.GetRequiredService<IBus>(), "heartbeat", Some.Beat("core-1", Mine, "") with { Grid = "other" });
        await ForgeAsync(node.Services.GetRequiredService<IBus>(), "observed", new GridFactChanged { Grid = "prod", Kind = "node", Id = "core-2" });
        await ForgeAsync(node.Services.GetRequiredService<IBus>(), "data", new LogBatch { Grid = "prod", Node = "core-2", Lines = [] });
        await Assert.ThrowsAsync<ArgumentException>(() => control.SendAsync(Destination.Report("prod", "heartbeat"), Some.Beat("core-2", Other, ""), Cancelled));
        await control.SendAsync(Destination.Report("prod", "heartbeat"), Some.Beat("core-1", Mine, "mine"), Cancelled);
        await data.SendAsync(Destination.NodeData, new LogBatch { Grid = "prod", Node = "core-1", Lines = [] }, Cancelled);
        await data.SendAsync(Destination.Queue("api-exec-p1"), new ExecOutput { SessionId = "s", Sequence = 1 }, Cancelled);
        var heard = service.Services.GetRequiredService<Ear>();
        await heard.UntilAsync(3);
        Assert.Equal(["ExecOutput core-1", "LogBatch core-1", "NodeHeartbeat core-1"], heard.All);

        var orders = service.Services.GetRequiredService<IControlBus>();
        await orders.SendAsync(Destination.Node(Mine), new ReportFacts { Grid = "orders" }, Cancelled);
        await orders.SendAsync(Destination.Queue(Queues.NodeJoin(Mine, "run1")), new ReportFacts { Grid = "join" }, Cancelled);
        await orders.SendAsync(new Destination(Queues.GridNames("prod"), DestinationKind.Fanout), new ReportFacts { Grid = "names" }, Cancelled);
        await service.Services.GetRequiredService<IDataBus>().SendAsync(Destination.Queue(Queues.NodeExec(Mine)), new ReportFacts { Grid = "exec" }, Cancelled);
        var told = node.Services.GetRequiredService<Ear>();
        await told.UntilAsync(4);
        Assert.Equal(["exec", "join", "names", "orders"], told.All);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_user_that_is_revoked_is_cut_off_within_a_second_and_leaves_nothing()
    {
        var (address, management) = await StartAsync();
        using var _ = management;
        var users = new BrokerUsers(management);
        await using var node = await ConnectAsync(AddressFor(address, MyOutlet.User));
        await using var bystander = await ConnectAsync(AddressFor(address, OtherOutlet.User));
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        node.ConnectionShutdownAsync += (_, _) =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        var channel = await node.CreateChannelAsync(cancellationToken: Cancelled);
        await channel.QueueDeclareAsync(Queues.Node(Mine), true, false, false, cancellationToken: Cancelled);
        var started = TimeProvider.System.GetTimestamp();
        await users.RevokeAsync(MyOutlet.User, withQueues: true, Cancelled);
        await closed.Task.WaitAsync(Cancelled);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 1);
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => ConnectAsync(AddressFor(address, MyOutlet.User)));
        Assert.True(bystander.IsOpen);
        Assert.DoesNotContain("aaaa1111", await broker.InspectAsync($"api/exchanges{new Uri(address).AbsolutePath}", Cancelled), StringComparison.Ordinal);
        Assert.DoesNotContain("aaaa1111", await broker.InspectAsync($"api/queues{new Uri(address).AbsolutePath}", Cancelled), StringComparison.Ordinal);
        Assert.Equal([OtherOutlet.User], (await users.ListAsync(Cancelled)).Select(user => user.Name));
    }

    private async Task<(string Address, BrokerManagement Management)> StartAsync()
    {
        broker.SpeakTls();
        var address = await broker.NewVirtualHostAsync(Cancelled);
        var builder = KontenaApplicationBuilder.Create("test", [$"--Kontena:Bus:RabbitMq={address}", $"--Kontena:Bus:Management={broker.Management}", $"--Kontena:Tls:CaFile={broker.CaFile}"]);
        var management = BrokerManagement.From(builder.Configuration)!;
        var users = new BrokerUsers(management);
        await users.BoundAsync(Cancelled);
        foreach (var outlet in new[] { MyOutlet, OtherOutlet })
            await users.GiveAsync(new BrokerUser(outlet, BrokerPassword.HashOf(Password, BrokerPassword.NewSalt(), null)), Cancelled);
        return (address, management);
    }

    private static Uri AddressFor(string address, string user) => new UriBuilder(address) { UserName = user, Password = Password }.Uri;

    private Task<IConnection> ConnectAsync(Uri address) => Factory(address).CreateConnectionAsync(Cancelled);

    private ConnectionFactory Factory(Uri address)
    {
        var factory = new ConnectionFactory { Uri = address, AutomaticRecoveryEnabled = false };
        factory.Ssl.CertificateValidationCallback = CertificateTrust.OfFile(broker.CaFile, TimeProvider.System).CallbackFor(address.Host);
        return factory;
    }

    private static Task PublishAsync(IChannel channel, string exchange, string key, string? user = null) =>
        channel.BasicPublishAsync(exchange, key, true, new BasicProperties { UserId = user }, "x"u8.ToArray(), Cancelled).AsTask();

    private static async Task BindAsync(IChannel channel, string exchange, string key)
    {
        await channel.QueueDeclareAsync(Queues.Node(Mine) + "-mine", true, false, false, cancellationToken: Cancelled);
        await channel.QueueBindAsync(Queues.Node(Mine) + "-mine", exchange, key, cancellationToken: Cancelled);
    }

    /// <summary>The code with which the broker closes the channel; 0 when it does not.</summary>
    private static async Task<int> AnswerAsync(IConnection connection, Func<IChannel, Task> attempt)
    {
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), Cancelled);
        try
        {
            await attempt(channel);
            return channel.CloseReason?.ReplyCode ?? 0;
        }
        catch (RabbitMQ.Client.Exceptions.PublishException exception)
        {
            // Nobody hears that key in this test: the broker took it.
            return exception.IsReturn ? 0 : channel.CloseReason?.ReplyCode ?? -1;
        }
        catch (OperationInterruptedException exception)
        {
            return exception.ShutdownReason?.ReplyCode ?? -1;
        }
    }

    private async Task<WebApplication> RunAsync(string address, string? outlet, Action<KontenaApplicationBuilder> configure)
    {
        var builder = KontenaApplicationBuilder.Create("test", [$"--Kontena:Bus:RabbitMq={address}", $"--Kontena:Bus:Outlet={outlet}", $"--Kontena:Tls:CaFile={broker.CaFile}", "--Kontena:Log:Level=Error"]);
        builder.Services.AddSingleton<Ear>();
        configure(builder);
        var application = builder.Build();
        await application.StartAsync(Cancelled);
        return application;
    }

    private static async Task ForgeAsync(IBus bus, string kind, object message)
    {
        var endpoint = await bus.GetSendEndpoint(new Uri($"exchange:{MyOutlet.Exchange}?type=topic"));
        await endpoint.Send(message, message.GetType(), Pipe.Execute<SendContext>(context => context.TrySetRoutingKey(kind == "data" ? kind : $"{Queues.ShardOf("prod")}.{kind}")), Cancelled);
    }

    private static async Task UntilReadyAsync(WebApplication application)
    {
        using var http = new HttpClient();
        while (true)
        {
            using var answer = await http.GetAsync(new Uri(application.Urls.First() + "/readyz"), Cancelled);
            if (answer.IsSuccessStatusCode)
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancelled);
        }
    }
}

/// <summary>What came, in words.</summary>
internal sealed class Ear : IDisposable
{
    private readonly ConcurrentBag<string> _all = [];
    private readonly SemaphoreSlim _news = new(0);

    public IEnumerable<string> All => _all.Order(StringComparer.Ordinal);

    public void Put(string word)
    {
        _all.Add(word);
        _news.Release();
    }

    public void Dispose() => _news.Dispose();

    public async Task UntilAsync(int count)
    {
        while (_all.Count < count)
            await _news.WaitAsync(TestContext.Current.CancellationToken);
    }
}

internal sealed class EarConsumer(Ear ear) : IConsumer<NodeHeartbeat>, IConsumer<GridFactChanged>, IConsumer<LogBatch>, IConsumer<ExecOutput>
{
    public Task Consume(ConsumeContext<NodeHeartbeat> context) => Put(context);

    public Task Consume(ConsumeContext<GridFactChanged> context) => Put(context);

    public Task Consume(ConsumeContext<LogBatch> context) => Put(context);

    public Task Consume(ConsumeContext<ExecOutput> context) => Put(context);

    private Task Put<T>(ConsumeContext<T> context)
        where T : class
    {
        ear.Put($"{typeof(T).Name} {context.SentBy()?.Node}");
        return Task.CompletedTask;
    }
}

internal sealed class OrderEar(Ear ear) : IConsumer<ReportFacts>
{
    public Task Consume(ConsumeContext<ReportFacts> context)
    {
        ear.Put(context.Message.Grid);
        return Task.CompletedTask;
    }
}
