using Kontena.Contracts.Identity;
using Kontena.Contracts.Messaging;

namespace Kontena.Hosting.Bus;

/// <summary>Sending and asking, with deadlines, on the control connection. Also registered as <see cref="Core.Messaging.IMessageSender"/>.</summary>
public interface IControlBus : Core.Messaging.IMessageSender
{
    /// <summary>Sends a request to a queue and waits for its answer.</summary>
    /// <exception cref="TimeoutException">No answer in time; the sentence names the queue.</exception>
    /// <exception cref="BusFaultException">The consumer failed.</exception>
    Task<TReply> AskAsync<TRequest, TReply>(
        Destination destination, TRequest request, TimeSpan timeout, CancellationToken cancellationToken)
        where TRequest : class
        where TReply : class;

    /// <summary>The same for somebody, who travels along as <see cref="CallerOfMessage.Header"/>. A bus without headers asks all the same.</summary>
    Task<TReply> AskAsync<TRequest, TReply>(
        Destination destination, TRequest request, TimeSpan timeout, Caller? caller, CancellationToken cancellationToken)
        where TRequest : class
        where TReply : class =>
        AskAsync<TRequest, TReply>(destination, request, timeout, cancellationToken);
}

/// <summary>The same on the data connection.</summary>
public interface IDataBus : Core.Messaging.IMessageSender
{
    /// <inheritdoc cref="IControlBus.AskAsync{TRequest,TReply}"/>
    Task<TReply> AskAsync<TRequest, TReply>(
        Destination destination, TRequest request, TimeSpan timeout, CancellationToken cancellationToken)
        where TRequest : class
        where TReply : class;
}

/// <summary>A consumer threw while answering; the message is in its error queue.</summary>
/// <param name="causeType">Full name of the exception that ended the last try.</param>
public sealed class BusFaultException(string message, string? causeType = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether this is what the consumer threw. Exceptions do not travel; their names do.</summary>
    public bool IsCausedBy<TException>()
        where TException : Exception =>
        causeType == typeof(TException).FullName;
}
