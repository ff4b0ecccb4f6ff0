using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Kontena.Hosting.Bus;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Kontena.Hosting.DeadLetters;

/// <summary>Dead letters on RabbitMQ, read and moved over a connection that exists only while somebody asks.</summary>
/// <remarks>
/// Letters are read by consuming without acknowledging: a plain get is refused by queues with a single active consumer, and dead-letter queues
/// inherit that from their queue. Closing the channel puts everything back.
/// </remarks>
internal sealed partial class RabbitMqDeadLetters(
    BusTransport transport, IDeadLetterQueueNames names, TimeProvider time, ILogger<RabbitMqDeadLetters> logger) : IDeadLetters
{
    private const ushort NotFound = 404;

    /// <summary>Messages the broker hands over before we acknowledge.</summary>
    private const ushort Prefetch = 100;

    /// <summary>How long a queue may stay silent before we take it that somebody else holds the rest.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    public Task<IReadOnlyList<DeadLetterQueue>> ListAsync(int letters, IReadOnlyList<string> also, CancellationToken cancellationToken) =>
        ConnectedAsync<IReadOnlyList<DeadLetterQueue>>(async connection =>
        {
            var found = new List<DeadLetterQueue>();
            foreach (var queue in await names.ListAsync(also, cancellationToken))
            {
                await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
                if (await CountAsync(channel, queue, cancellationToken) is not { } count || count == 0)
                    continue;
                found.Add(new DeadLetterQueue
                {
                    Name = queue,
                    Origin = DeadLetterName.OriginOf(queue)!,
                    Count = count,
                    Letters = await PeekAsync(channel, queue, Math.Min(letters, count), cancellationToken),
                });
            }

            return found;
        }, cancellationToken);

    public async Task<ReplayResult?> ReplayAsync(string queue, int limit, CancellationToken cancellationToken)
    {
        if (DeadLetterName.OriginOf(queue) is not { } origin)
            return null;
        return await ConnectedAsync(async connection =>
        {
            await using var channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken);
            if (await CountAsync(channel, queue, cancellationToken) is not { } count)
                return null;
            var replayed = 0;
            string? error = null;
            await foreach (var letter in ConsumeAsync(channel, queue, Math.Min(limit, count), cancellationToken))
            {
                var properties = new BasicProperties
                {
                    ContentType = letter.BasicProperties.ContentType,
                    MessageId = letter.BasicProperties.MessageId,
                    CorrelationId = letter.BasicProperties.CorrelationId,
                    Persistent = true,
                };
                try
                {
                    await channel.BasicPublishAsync(
                        origin, "", mandatory: true, properties, DeadLetterEnvelope.WithoutAsker(letter.Body), cancellationToken);
                }
                catch (PublishException)
                {
                    error = $"the broker did not take message {letter.BasicProperties.MessageId} for '{origin}': does the queue exist, is it full?";
                    break;
                }

                await channel.BasicAckAsync(letter.DeliveryTag, multiple: false, cancellationToken);
                replayed++;
            }

            LogReplayed(replayed, queue, origin);
            return new ReplayResult { Queue = queue, Replayed = replayed, Left = count - replayed, Error = error };
        }, cancellationToken);
    }

    private async Task<IReadOnlyList<DeadLetter>> PeekAsync(IChannel channel, string queue, int count, CancellationToken cancellationToken)
    {
        var letters = new List<DeadLetter>(count);
        await foreach (var letter in ConsumeAsync(channel, queue, count, cancellationToken))
        {
            var (type, id) = DeadLetterEnvelope.Describe(letter.Body);
            var headers = letter.BasicProperties.Headers;
            letters.Add(new DeadLetter
            {
                MessageId = letter.BasicProperties.MessageId ?? id,
                Type = type,
                Reason = Text(headers, "MT-Fault-Message")
                    ?? (queue.EndsWith(DeadLetterName.Skipped, StringComparison.Ordinal)
                        ? $"no consumer of '{DeadLetterName.OriginOf(queue)}' takes this type"
                        : Text(headers, "MT-Reason") ?? "unknown"),
                At = DateTimeOffset.TryParse(
                    Text(headers, "MT-Fault-Timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null,
            });
        }

        return letters;
    }

    /// <summary>Up to <paramref name="count"/> messages, not acknowledged.</summary>
    private async IAsyncEnumerable<BasicDeliverEventArgs> ConsumeAsync(
        IChannel channel, string queue, int count,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (count <= 0)
            yield break;
        var arrived = Channel.CreateBounded<BasicDeliverEventArgs>(Prefetch);
        await channel.BasicQosAsync(0, (ushort)Math.Min(count, Prefetch), global: false, cancellationToken);
        var consumer = new AsyncEventingBasicConsumer(channel);
        // The client reuses the memory of the body after the event.
        consumer.ReceivedAsync += (_, letter) => arrived.Writer.WriteAsync(
            new BasicDeliverEventArgs(
                letter.ConsumerTag, letter.DeliveryTag, letter.Redelivered, letter.Exchange, letter.RoutingKey,
                letter.BasicProperties, letter.Body.ToArray(), letter.CancellationToken),
            letter.CancellationToken).AsTask();
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer, cancellationToken);
        for (var taken = 0; taken < count; taken++)
        {
            BasicDeliverEventArgs letter;
            try
            {
                letter = await arrived.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(Silence, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                yield break;
            }

            yield return letter;
        }
    }

    private async Task<T> ConnectedAsync<T>(Func<IConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            var factory = new ConnectionFactory
            {
                Uri = transport.RabbitMq!,
                AutomaticRecoveryEnabled = false,
                RequestedConnectionTimeout = TimeSpan.FromSeconds(5),
                ClientProvidedName = "dead letters",
            };
            if (factory.Ssl.Enabled)
                factory.Ssl.CertificateValidationCallback = transport.Trust.CallbackFor(factory.HostName);
            await using var connection = await factory.CreateConnectionAsync(cancellationToken);
            return await work(connection);
        }
        // A management API that does not answer in time shows as a cancellation that nobody asked for.
        catch (Exception exception) when (exception is RabbitMQClientException or IOException or HttpRequestException or TimeoutException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new DeadLettersUnavailableException($"{transport.Title} can't be asked for dead letters: {exception.Message}", exception);
        }
    }

    private static async Task<int?> CountAsync(IChannel channel, string queue, CancellationToken cancellationToken)
    {
        try
        {
            return (int)(await channel.QueueDeclarePassiveAsync(queue, cancellationToken)).MessageCount;
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == NotFound)
        {
            return null;
        }
    }

    private static string? Text(IDictionary<string, object?>? headers, string name) =>
        headers is not null && headers.TryGetValue(name, out var value)
            ? value switch
            {
                byte[] bytes => Encoding.UTF8.GetString(bytes),
                null => null,
                _ => Convert.ToString(value, CultureInfo.InvariantCulture),
            }
            : null;

    [LoggerMessage(LogLevel.Information, "Replayed {Count} messages of {Queue} to {Origin}")]
    private partial void LogReplayed(int count, string queue, string origin);
}
