using System.Collections.Concurrent;
using Kontena.Contracts.Identity;
using Kontena.Contracts.Messaging;
using Kontena.Core.Messaging;
using Kontena.Hosting.Bus;

namespace Kontena.Api.Tests;

/// <summary>Both buses: answers what the test has written down for a question, remembers everything, and is silent otherwise, as a service that is away.</summary>
internal sealed class ScriptedBus : IControlBus, IDataBus
{
    private readonly ConcurrentDictionary<Type, Func<object, Task<object>>> _answers = new();

    public ConcurrentQueue<(Destination To, object Message)> Asked { get; } = new();

    public ConcurrentQueue<(Destination To, object Message)> Sent { get; } = new();

    /// <summary>For whom each question of the control bus was.</summary>
    public ConcurrentQueue<Caller?> Callers { get; } = new();

    /// <summary>Called for everything sent.</summary>
    public Action<Destination, object> OnSend { get; set; } = (_, _) => { };

    public void Answer<TRequest>(Func<TRequest, object> answer)
        where TRequest : class =>
        _answers[typeof(TRequest)] = request => Task.FromResult(answer((TRequest)request));

    public void Answer<TRequest>(Func<TRequest, Task<object>> answer)
        where TRequest : class =>
        _answers[typeof(TRequest)] = request => answer((TRequest)request);

    /// <summary>The only message of this kind so far.</summary>
    public T Single<T>() => Asked.Concat(Sent).Select(one => one.Message).OfType<T>().Single();

    public Destination DestinationOf<T>() => Asked.Concat(Sent).Single(one => one.Message is T).To;

    public Task SendAsync(Destination destination, object message, CancellationToken cancellationToken)
    {
        Sent.Enqueue((destination, message));
        OnSend(destination, message);
        return Task.CompletedTask;
    }

    public async Task<TReply> AskAsync<TRequest, TReply>(
        Destination destination, TRequest request, TimeSpan timeout, CancellationToken cancellationToken)
        where TRequest : class
        where TReply : class
    {
        Asked.Enqueue((destination, request));
        return _answers.TryGetValue(typeof(TRequest), out var answer)
            ? (TReply)await answer(request)
            : throw new TimeoutException($"no answer from '{destination.Name}'");
    }

    public Task<TReply> AskAsync<TRequest, TReply>(
        Destination destination, TRequest request, TimeSpan timeout, Caller? caller, CancellationToken cancellationToken)
        where TRequest : class
        where TReply : class
    {
        Callers.Enqueue(caller);
        return AskAsync<TRequest, TReply>(destination, request, timeout, cancellationToken);
    }
}
