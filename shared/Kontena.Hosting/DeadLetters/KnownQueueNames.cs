using Kontena.Hosting.Bus;

namespace Kontena.Hosting.DeadLetters;

/// <summary>Without the management API: the queues of the wire contract, those of this process, and those the person named.</summary>
internal sealed class KnownQueueNames(BusSides sides) : IDeadLetterQueueNames
{
    public Task<IReadOnlyList<string>> ListAsync(IReadOnlyList<string> also, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>(
        [
            .. DeadLetterName.WellKnown.Concat(sides.Control.Queues).Concat(sides.Data.Queues)
                .SelectMany(queue => new[] { queue + DeadLetterName.Error, queue + DeadLetterName.Skipped })
                .Concat(also.SelectMany(queue => DeadLetterName.OriginOf(queue) is null
                    ? new[] { queue + DeadLetterName.Error, queue + DeadLetterName.Skipped }
                    : [queue]))
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(1000),
        ]);
}
