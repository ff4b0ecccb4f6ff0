using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Kontena.Hosting.PublicBus;

/// <summary>Reads <c>kontena.commands</c> on a connection of its own, past MassTransit: what comes is plain JSON of any language, and so is what goes back.</summary>
/// <remarks>A message is done with when its answer has been sent. Whoever stops in between leaves it to the next reader, marked as handed over before.</remarks>
internal sealed class CommandQueue(BusTransport transport, CarryOut carryOut, string process, TimeProvider time, ILogger<CommandQueue> logger) : BackgroundService
{
    /// <summary>At once, in one process; the broker hands over no more before some are done.</summary>
    public const ushort Concurrency = 8;

    /// <summary>What waits in the queue; more is refused to its sender, who sees it with publisher confirms.</summary>
    private const int MaxWaiting = 10_000;

    private const int MaxWaitingBytes = 64 * 1024 * 1024;
    private const int MaxLaidAside = 1_000;

    /// <summary>Handed over this often without an answer, a message is dropped: it may be what ends its readers.</summary>
    private const int MaxDeliveries = 5;

    /// <summary>The broker's own bound of a message is 128 MB. One that is longer than what is read here would end the connection each time it is handed over.</summary>
    private const uint MaxMessage = 160 * 1024 * 1024;

    private const string LaidAside = Queues.PublicCommands + "_error";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private string? _said;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (transport.InMemory)
            return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ReadAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Say($"Commands from {Queues.PublicCommands} are not read, tried again every {Pause.TotalSeconds:0} s: {exception.Message}");
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Until the connection ends.</summary>
    private async Task ReadAsync(CancellationToken stoppingToken)
    {
        await using var connection = await Factory().CreateConnectionAsync($"{process} commands", stoppingToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stoppingToken);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionShutdownAsync += (_, _) => End();
        channel.ChannelShutdownAsync += (_, _) => End();
        await DeclareAsync(channel, stoppingToken);
        await channel.BasicQosAsync(0, Concurrency, global: false, stoppingToken);
        var writing = new SemaphoreSlim(1, 1);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, message) => TakeAsync(channel, writing, message, stoppingToken);
        consumer.UnregisteredAsync += (_, _) => End();
        await channel.BasicConsumeAsync(Queues.PublicCommands, autoAck: false, consumer, stoppingToken);
        _said = null;
        logger.LogInformation("Commands are read from {Queue}", Queues.PublicCommands);
        await ended.Task.WaitAsync(stoppingToken);
        throw new IOException("the broker ended the connection, or deleted the queue");

        Task End()
        {
            ended.TrySetResult();
            return Task.CompletedTask;
        }
    }

    private ConnectionFactory Factory()
    {
        var broker = transport.RabbitMq!;
        var (user, password) = BusTransport.Login(broker);
        return new ConnectionFactory
        {
            HostName = broker.Host,
            Port = BusTransport.Port(broker),
            VirtualHost = BusTransport.VirtualHost(broker),
            UserName = user,
            Password = password,
            // Begun anew here, so that what was declared is declared again.
            AutomaticRecoveryEnabled = false,
            RequestedHeartbeat = TimeSpan.FromSeconds(5),
            RequestedConnectionTimeout = TimeSpan.FromSeconds(5),
            ContinuationTimeout = TimeSpan.FromSeconds(10),
            ConsumerDispatchConcurrency = Concurrency,
            MaxInboundMessageBodySize = MaxMessage,
            Ssl = new SslOption
            {
                Enabled = broker.Scheme == "amqps",
                ServerName = broker.Host,
                Version = System.Security.Authentication.SslProtocols.None,
                CertificateValidationCallback = transport.Trust.CallbackFor(broker.Host),
            },
        };
    }

    private static async Task DeclareAsync(IChannel channel, CancellationToken cancellationToken)
    {
        await channel.ExchangeDeclareAsync(Queues.PublicCommands, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken);
        await channel.QueueDeclareAsync(Queues.PublicCommands, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>
        {
            ["x-queue-type"] = "quorum",
            ["x-max-length"] = MaxWaiting,
            ["x-max-length-bytes"] = MaxWaitingBytes,
            ["x-overflow"] = "reject-publish",
            ["x-delivery-limit"] = MaxDeliveries,
        }, cancellationToken: cancellationToken);
        await channel.QueueBindAsync(Queues.PublicCommands, Queues.PublicCommands, "", cancellationToken: cancellationToken);
        await channel.QueueDeclareAsync(LaidAside, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>
        {
            ["x-queue-type"] = "quorum", ["x-max-length"] = MaxLaidAside, ["x-max-length-bytes"] = MaxWaitingBytes,
        }, cancellationToken: cancellationToken);
    }

    private async Task TakeAsync(IChannel channel, SemaphoreSlim writing, BasicDeliverEventArgs message, CancellationToken stoppingToken)
    {
        try
        {
            var sent = message.BasicProperties;
            // The client's memory is its own again when this returns; everything below happens before.
            var command = new PublicCommand(
                sent.IsUserIdPresent() ? sent.UserId : null, sent.IsReplyToPresent() ? sent.ReplyTo : null,
                sent.IsCorrelationIdPresent() ? sent.CorrelationId : null, message.Redelivered, message.Body);
            var answer = await carryOut(command, stoppingToken);
            await writing.WaitAsync(stoppingToken);
            try
            {
                if (answer.Answer is { } body)
                    await SendAsync(channel, command.ReplyTo!, body, new BasicProperties { ContentType = "application/json", CorrelationId = command.CorrelationId }, stoppingToken);
                if (answer.LaidAside is { } why)
                    await SendAsync(channel, LaidAside, message.Body, Reasoned(sent, why), stoppingToken);
                await channel.BasicAckAsync(message.DeliveryTag, multiple: false, stoppingToken);
            }
            finally
            {
                writing.Release();
            }
        }
        catch (Exception exception) when (stoppingToken.IsCancellationRequested || !channel.IsOpen)
        {
            logger.LogDebug(exception, "A command goes to the next reader");
        }
        catch (Exception exception)
        {
            logger.LogWarning(exception, "A command from {Queue} failed here; it is handed over again, {Most} times at most", Queues.PublicCommands, MaxDeliveries);
            await channel.BasicNackAsync(message.DeliveryTag, multiple: false, requeue: true, stoppingToken);
        }
    }

    /// <summary>By the default exchange, straight into the queue; on the same channel as the acknowledgement after it, so that the broker has it first.</summary>
    private static ValueTask SendAsync(IChannel channel, string queue, ReadOnlyMemory<byte> body, BasicProperties properties, CancellationToken cancellationToken) =>
        channel.BasicPublishAsync("", queue, mandatory: false, properties, body, cancellationToken);

    /// <summary>As the lists of dead letters read it. The sender's name is written down as text: the broker takes nobody's but this process's own.</summary>
    private static BasicProperties Reasoned(IReadOnlyBasicProperties sent, string why) => new()
    {
        ContentType = "application/json",
        CorrelationId = sent.CorrelationId,
        DeliveryMode = DeliveryModes.Persistent,
        Headers = new Dictionary<string, object?> { ["MT-Reason"] = why, ["kontena-sender"] = sent.UserId ?? "" },
    };

    private void Say(string line)
    {
        if (_said != line)
            logger.LogWarning("{Line}", line);
        _said = line;
    }
}
