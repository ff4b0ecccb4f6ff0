using System.Text.Json;
using Kontena.Contracts;
using Kontena.Contracts.Events;
using Kontena.Contracts.Messaging;
using Kontena.State.Outbox;
using Xunit;

namespace Kontena.State.Tests.Outbox;

public sealed class ToldEventsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static IReadOnlyList<GridEvent> Some(int count) => [.. Enumerable.Range(1, count).Select(number => new GridEvent
    {
        Grid = "prod", Type = EventTypes.StartInstance, Severity = number == count ? 3 : 1, Message = $"instance {number} started",
    })];

    private static IReadOnlyList<CloudEvent> In(CommitBatch batch) =>
        [.. batch.Messages.Where(one => one.Type == typeof(CloudEvent).FullName).Select(one => JsonSerializer.Deserialize(one.Body, KontenaJson.Default.CloudEvent)!)];

    private static CommitBatch Told(CommitBatch batch, int count)
    {
        var ids = 0;
        return batch.Tell(Some(count), () => $"{++ids:x24}", Noon);
    }

    [Fact]
    public void Each_leaves_with_the_batch_under_its_own_key_and_id()
    {
        var batch = Told(new CommitBatch("prod"), 2);

        Assert.All(batch.Messages, one => Assert.Equal(new Destination("kontena.events", DestinationKind.Topic, "grid.prod.service.start_instance"), one.Destination));
        Assert.Equal(["instance 1 started", "instance 2 started"], In(batch).Select(one => one.Data.Message));
        Assert.Equal(2, In(batch).Select(one => one.Id).Distinct().Count());
    }

    [Fact]
    public void More_than_are_told_at_once_are_counted()
    {
        var told = In(Told(new CommitBatch("prod"), 1000));

        Assert.Equal(ToldEvents.MostPerCommit, told.Count);
        Assert.Equal(
            (EventTypes.Omitted, 3, "801 more events of the same moment are not told one by one"), (told[^1].Data.Type, told[^1].Data.Severity, told[^1].Data.Message));
        Assert.Equal(200, In(Told(new CommitBatch("prod"), 200)).Count(one => one.Data.Type == EventTypes.StartInstance));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    public void What_a_batch_has_no_room_for_does_not_hold_it_up(int room, int told)
    {
        var batch = new CommitBatch("prod");
        for (var used = 0; used < CommitBatch.MaxOperations - room; used++)
            batch.Expect(StateKeys.Stack, $"stack-{used}", 0);

        Assert.Equal(told, In(Told(batch, 10)).Count);
    }
}
