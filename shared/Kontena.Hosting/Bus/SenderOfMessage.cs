using Kontena.Contracts.Messaging;
using MassTransit;

namespace Kontena.Hosting.Bus;

/// <summary>Who sent a message, as the broker says it.</summary>
public static class SenderOfMessage
{
    /// <summary>The node whose outlet the message came through: only that node can have sent it. Null for services, for agents that share a broker user, and in memory.</summary>
    public static NodeOutlet? SentBy(this ConsumeContext context) =>
        context.TryGetPayload<RabbitMqBasicConsumeContext>(out var delivery) ? NodeOutlet.Read(delivery.Exchange) : null;
}
