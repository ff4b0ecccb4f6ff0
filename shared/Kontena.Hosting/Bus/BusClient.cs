using Kontena.Contracts.Identity;
using Kontena.Contracts.Messaging;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Kontena.Hosting.Bus;

/// <summary>Sends and asks on one connection, each with a deadline of our own clock.</summary>
internal abstract partial class BusClient(IBus bus, BusSide side, BusTransport transport, TimeProvider time, ILogger logger)
{
    /// <summary>How long a send waits for the broker's confirmation.</summary>
    internal static readonly TimeSpan SendDeadline = TimeSpan.FromSeconds(10);

    /// <summary>Pause before a request is offered again to a queue that does not exist yet.</summary>
    private static readonly TimeSpan MissingQueuePause = TimeSpan.FromMilliseconds(250);

    /// <summary>A request that has been on its way longer than this has found its queue: otherwise it would have come back.</summary>
    private static readonly TimeSpan ReturnLimit = TimeSpan.FromSeconds(2);

    private readonly Lazy<IClientFactory> _requests = new(() => bus.CreateClientFactory());

    public async Task SendAsync(Destination destination, object message, CancellationToken cancellationToken)
    {
        var way = transport.Outlet is { } outlet ? WayOut(outlet, destination, message) : destination;
        using var deadline = new CancellationTokenSource(SendDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await WaitUntilUsableAsync(either.Token);
            if (IsMissing(destination))
            {
                Dropped(destination, message.GetType().Name);
                return;
            }

            await EnterAsync(destination, either.Token);
            var endpoint = await bus.GetSendEndpoint(BusAddresses.Of(way, transport.InMemory)).WaitAsync(either.Token);
            await endpoint.Send(message, message.GetType(), Addressed(way, IsMandatory(destination), BareMessages.SerializerOf(message)), either.Token).WaitAsync(either.Token);
            side.Heard();
            BusMeter.Sent.Add(1, new KeyValuePair<string, object?>("message", message.GetType().Name));
        }
        catch (Exception exception) when (IsReturned(exception))
        {
            side.Heard();
            Dropped(destination, message.GetType().Name);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            side.Unheard(time.GetTimestamp());
            throw;
        }
        catch (Exception exception)
        {
            if (exception is OperationCanceledException)
                side.Unheard(time.GetTimestamp());
            throw new TimeoutException(
                $"{transport.Title} did not confirm {message.GetType().Name} to '{destination.Name}' within {SendDeadline.TotalSeconds:0} s"
                + " (it may or may not have gone out)", exception);
        }
    }

    public Task<TReply> AskAsync<TRequest, TReply>(
        Destination destination, TRequest request, TimeSpan timeout, CancellationToken cancellationToken)
        where TRequest : class
        where TReply : class =>
        AskAsync<TRequest, TReply>(destination, request, timeout, caller: null, cancellationToken);

    public async Task<TReply> AskAsync<TRequest, TReply>(
        Destination destination, TRequest request, TimeSpan timeout, Caller? caller, CancellationToken cancellationToken)
        where TRequest : class
        where TReply : class
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var started = time.GetTimestamp();
        long? returned = null;
        try
        {
            await WaitUntilUsableAsync(either.Token);
            await side.Replies.OpenAsync(either.Token);
            while (true)
            {
                try
                {
                    if (!IsMissing(destination))
                        return await AskOnceAsync<TRequest, TReply>(destination, request, timeout - time.GetElapsedTime(started), caller, either.Token);
                }
                catch (Exception exception) when (IsReturned(exception))
                {
                    // It does not exist on the broker either.
                }

                returned = time.GetTimestamp();
                // Bounded by the deadline: the reader of the queue may be starting at this moment.
                await Task.Delay(MissingQueuePause, time, either.Token);
            }
        }
        catch (RequestFaultException fault)
        {
            var cause = fault.Fault?.Exceptions?.FirstOrDefault();
            throw new BusFaultException(
                $"'{destination.Name}' could not answer {typeof(TRequest).Name}: {cause?.Message ?? fault.Message}", cause?.ExceptionType, fault);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            var missing = returned is { } last && time.GetElapsedTime(last) < ReturnLimit;
            throw new TimeoutException(
                $"'{destination.Name}' did not answer {typeof(TRequest).Name} within {timeout.TotalSeconds:0.#} s"
                + (missing ? ": nobody has opened that queue yet, is its service running?" : $" over {transport.Title}"),
                exception);
        }
    }

    private async Task<TReply> AskOnceAsync<TRequest, TReply>(
        Destination destination, TRequest request, TimeSpan left, Caller? caller, CancellationToken cancellationToken)
        where TRequest : class
        where TReply : class
    {
        // MassTransit counts on its own clock; ours ends the wait, its is only a bound behind it.
        var bound = (left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1)) + TimeSpan.FromSeconds(30);
        var client = _requests.Value.CreateRequestClient<TRequest>(
            BusAddresses.Of(destination, transport.InMemory), RequestTimeout.After(ms: (int)Math.Min(bound.TotalMilliseconds, int.MaxValue)));
        await EnterAsync(destination, cancellationToken);
        var response = await client.GetResponse<TReply>(
            request,
            pipe => pipe.UseExecute(context =>
            {
                Address(context, destination, IsMandatory(destination));
                if (caller is not null)
                    context.Headers.Set(CallerOfMessage.Header, CallerOfMessage.Write(caller));
                // An abandoned request must not be carried out when the broker comes back an hour later.
                context.TimeToLive = left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);
            }),
            cancellationToken).WaitAsync(cancellationToken);
        BusMeter.Sent.Add(1, new KeyValuePair<string, object?>("message", typeof(TRequest).Name));
        return response.Message;
    }

    /// <summary>What its readers would drop does not leave: said here, the mistake is found where it is made.</summary>
    private static Destination WayOut(string outlet, Destination destination, object message) => NodeOutlet.Read(outlet)?.MaySay(message) == true
        ? NodeOutlet.Route(outlet, destination)
        : throw new ArgumentException($"this node may not say {message.GetType().Name}, or not so; a new report must be listed in NodeOutlet.MaySay", nameof(message));

    /// <summary>A command to a queue that does not exist comes back instead of vanishing; an exchange without readers is nobody's mistake.</summary>
    private static bool IsMandatory(Destination destination) => destination.Kind == DestinationKind.Queue;

    private static IPipe<SendContext> Addressed(Destination way, bool mandatory, IMessageSerializer? bare) => Pipe.Execute<SendContext>(context =>
    {
        Address(context, way, mandatory);
        if (bare is not null)
            context.Serializer = bare;
    });

    private static void Address(SendContext context, Destination way, bool mandatory)
    {
        if (way.Kind == DestinationKind.Topic)
            context.TrySetRoutingKey(way.RoutingKey ?? "");
        if (mandatory && context.TryGetPayload<RabbitMqSendContext>(out var rabbit))
            rabbit.Mandatory = true;
    }

    /// <summary>In memory, messages to endpoints that have not started would vanish. A broker keeps or returns them, if it is there.</summary>
    private Task WaitUntilUsableAsync(CancellationToken cancellationToken) =>
        (transport.InMemory ? side.Started : side.Reachable).WaitAsync(cancellationToken);

    /// <summary>Waits while a queue in memory is full; a broker bounds its queues itself.</summary>
    private Task EnterAsync(Destination destination, CancellationToken cancellationToken) =>
        transport.InMemory ? side.Backlog.EnterAsync(destination, time, cancellationToken) : Task.CompletedTask;

    private bool IsMissing(Destination destination) =>
        transport.InMemory && destination.Kind == DestinationKind.Queue && !side.Reads(destination.Name);

    private static bool IsReturned(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is MessageReturnedException or RabbitMQ.Client.Exceptions.PublishException { IsReturn: true })
                return true;
        }

        return false;
    }

    private void Dropped(Destination destination, string message)
    {
        BusMeter.Undeliverable.Add(1, new KeyValuePair<string, object?>("message", message));
        LogDropped(message, destination.Name);
    }

    [LoggerMessage(LogLevel.Warning, "{Message} to '{Queue}' was dropped: nobody has opened that queue yet. The next heartbeat or sweep repairs it.")]
    private partial void LogDropped(string message, string queue);
}
