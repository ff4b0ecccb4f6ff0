using Kontena.Hosting.Bus;

namespace Kontena.Hosting.DeadLetters;

/// <summary>Asks the management API, which also knows the queues of nodes.</summary>
internal sealed class ManagedQueueNames(BrokerManagement management) : IDeadLetterQueueNames
{
    public async Task<IReadOnlyList<string>> ListAsync(IReadOnlyList<string> also, CancellationToken cancellationToken)
    {
        var queues = await management.ListAsync(BrokerManagement.Path("queues", management.VirtualHost) + "?columns=name", cancellationToken);
        return
        [
            .. queues.EnumerateArray().Select(queue => queue.GetProperty("name").GetString()!)
                .Where(queue => DeadLetterName.OriginOf(queue) is not null)
                .Order(StringComparer.Ordinal).Take(1000),
        ];
    }
}
