using Kontena.Contracts.Requests;
using Kontena.GridManager.Requests;
using Kontena.State;
using Kontena.State.Documents;
using Xunit;

namespace Kontena.GridManager.Tests.Requests;

public sealed class KeyedRequestTests
{
    private static readonly BeginKeyedRequest Sent = new() { Id = "id", Owner = "owner", Fingerprint = "body", Attempt = "first" };

    private static readonly KeyedRequest Begun = new() { Id = "id", Owner = "owner", Fingerprint = "body", Attempt = "first", BegunAt = Some.Now };

    private static KeyedRequestStanding Standing(KeyedRequest kept, BeginKeyedRequest command, TimeSpan later = default, KeyedAnswer? answer = null) =>
        KeyedRequestDecisions.Begin([new(kept, 1)], answer, true, command, Some.Now + later).Reply.Standing;

    [Fact]
    public void A_key_is_begun_once_and_its_second_sending_waits_for_the_first()
    {
        var first = KeyedRequestDecisions.Begin([], null, true, Sent, Some.Now);
        Assert.Equal(KeyedRequestStanding.Begun, first.Reply.Standing);
        Assert.Equal(Begun, Assert.Single(first.Puts(StateKeys.KeyedRequest)));

        Assert.Equal(KeyedRequestStanding.Running, Standing(Begun, Sent with { Attempt = "second" }));
        // Whether the commit went through was unknown: it is the same sending.
        Assert.Equal(KeyedRequestStanding.Begun, Standing(Begun, Sent));
        Assert.Equal(KeyedRequestStanding.Different, Standing(Begun, Sent with { Fingerprint = "other" }));
    }

    [Fact]
    public void A_request_without_an_end_is_not_carried_out_again()
    {
        var second = Sent with { Attempt = "second" };
        Assert.Equal(KeyedRequestStanding.Running, Standing(Begun, second, KeyedRequestDecisions.LongestRun - TimeSpan.FromTicks(1)));
        Assert.Equal(KeyedRequestStanding.Lost, Standing(Begun, second, KeyedRequestDecisions.LongestRun));
        Assert.Equal(KeyedRequestStanding.Lost, Standing(Begun, second, KeyedRequest.Life - TimeSpan.FromTicks(1)));
        Assert.Equal(KeyedRequestStanding.Begun, Standing(Begun, second, KeyedRequest.Life));
    }

    [Fact]
    public void The_first_answer_is_the_answer_for_a_day()
    {
        var ended = KeyedRequestDecisions.End(new(Begun, 3), new EndKeyedRequest { Id = "id", Attempt = "first", Status = 201, ContentType = "application/json", Body = "{}" });
        var kept = Assert.Single(ended.Puts(StateKeys.KeyedRequest));
        var answer = Assert.Single(ended.Puts(StateKeys.KeyedAnswer));

        var again = KeyedRequestDecisions.Begin([new(kept, 4)], answer, true, Sent with { Attempt = "second" }, Some.Now.AddHours(23));
        Assert.Equal(new KeyedRequestBegun(KeyedRequestStanding.Answered, 201, answer), again.Reply);
        Assert.Null(again.Batch);
        // Nobody ends it a second time.
        Assert.Null(KeyedRequestDecisions.End(new(kept, 4), new EndKeyedRequest { Id = "id", Attempt = "first", Status = 500 }).Batch);
    }

    [Fact]
    public void What_failed_may_be_tried_again_and_only_by_the_sending_that_failed()
    {
        Assert.Equal(["keyed-request id 3"], KeyedRequestDecisions.End(new(Begun, 3), new EndKeyedRequest { Id = "id", Attempt = "first" }).Deletes());
        Assert.Null(KeyedRequestDecisions.End(new(Begun, 3), new EndKeyedRequest { Id = "id", Attempt = "second" }).Batch);
        Assert.Null(KeyedRequestDecisions.End(null, new EndKeyedRequest { Id = "id", Attempt = "first" }).Batch);
    }

    [Fact]
    public void An_answer_that_is_too_long_is_known_and_not_kept()
    {
        var ended = KeyedRequestDecisions.End(new(Begun, 3), new EndKeyedRequest { Id = "id", Attempt = "first", Status = 200, Body = new string('x', KeyedAnswer.LongestBody + 1) });
        var answer = Assert.Single(ended.Puts(StateKeys.KeyedAnswer));

        Assert.Null(answer.Body);
        Assert.Equal(new KeyedRequestBegun(KeyedRequestStanding.Answered, 200),
            KeyedRequestDecisions.Begin([new(ended.Puts(StateKeys.KeyedRequest).Single(), 4)], answer, true, Sent with { Attempt = "second" }, Some.Now).Reply);
    }

    [Fact]
    public void What_is_over_makes_room_and_more_than_there_may_be_is_refused()
    {
        Versioned<KeyedRequest> Other(int number, DateTimeOffset at) => new(Begun with { Id = $"other-{number}", BegunAt = at }, 7);
        var full = Enumerable.Range(0, KeyedRequestDecisions.MostKept).Select(number => Other(number, Some.Now)).ToList();
        Assert.Equal(KeyedRequestStanding.Full, KeyedRequestDecisions.Begin(full, null, true, Sent, Some.Now).Reply.Standing);

        full[5] = Other(5, Some.Now - KeyedRequest.Life);
        var begun = KeyedRequestDecisions.Begin(full, null, true, Sent, Some.Now);
        Assert.Equal(KeyedRequestStanding.Begun, begun.Reply.Standing);
        Assert.Equal(["keyed-answer other-5 -1", "keyed-request other-5 7"], begun.Deletes().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Nothing_is_kept_for_whoever_was_removed_since_they_were_let_in()
    {
        var refused = KeyedRequestDecisions.Begin([], null, false, Sent, Some.Now);
        Assert.Equal(new KeyedRequestBegun(KeyedRequestStanding.NoUser), refused.Reply);
        Assert.Null(refused.Batch);
    }
}
