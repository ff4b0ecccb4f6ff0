using Kontena.Contracts.Messaging;

namespace Kontena.Core.Messaging;

/// <summary>Hands one message to the broker on the control connection and returns when the broker has confirmed it.</summary>
/// <remarks>Implemented over MassTransit in Kontena.Hosting; used by the outbox relay, which must not know the broker.</remarks>
public interface IMessageSender
{
    /// <exception cref="TimeoutException">The broker did not confirm in time (10 s). The message may or may not have gone out.</exception>
    Task SendAsync(Destination destination, object message, CancellationToken cancellationToken);
}
