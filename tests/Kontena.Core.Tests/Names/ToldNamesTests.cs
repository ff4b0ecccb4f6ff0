using Kontena.Contracts.Names;
using Kontena.Core.Names;
using Xunit;

namespace Kontena.Core.Tests.Names;

public sealed class ToldNamesTests
{
    private readonly ToldNames _told = new();

    private static NamedInstance Row(string id) => new()
    {
        InstanceId = id, NodeId = "n", Stack = "shop", Service = "web", Number = 1, Address = "10.81.1.2", Standing = NameStanding.Ready,
    };

    private static NamesTold Telling(long revision, int page = 0, int pages = 1, long epoch = 2, params string[] ids) =>
        new() { Grid = "test", Epoch = epoch, Revision = revision, Page = page, Pages = pages, Instances = [.. ids.Select(Row)] };

    private static NamesChanged Change(long revision, string? added = null, string? removed = null, long epoch = 2) => new()
    {
        Grid = "test", Epoch = epoch, Revision = revision, Upserts = added is null ? [] : [Row(added)], Removals = removed is null ? [] : [$"n/{removed}"],
    };

    private string Known => string.Join(' ', _told.Rows.Values.Select(row => row.InstanceId).Order());

    [Fact]
    public void A_change_that_overtakes_the_telling_it_is_newer_than_is_not_lost()
    {
        _told.Take(Telling(1, ids: "a"));
        _told.Take(Change(6, added: "c", removed: "b"));
        _told.Take(Telling(5, 0, 2, ids: "a"));
        _told.Take(Change(7, added: "d"));
        _told.Take(Telling(5, 1, 2, ids: "b"));

        Assert.Equal("a c d", Known);
    }

    [Fact]
    public void A_copy_of_a_telling_undoes_nothing_and_one_that_is_said_again_and_again_counts()
    {
        _told.Take(Telling(5, ids: "a"));
        _told.Take(Change(6, added: "b"));
        _told.Take(Telling(5, ids: "a"));
        Assert.Equal("a b", Known);

        for (var again = 0; again < 3; again++)
            _told.Take(Telling(4, ids: "x"));
        Assert.Contains("x", Known);
    }

    [Fact]
    public void An_older_scheduler_is_believed_only_when_it_tells_everything()
    {
        _told.Take(Telling(5, ids: "a"));
        _told.Take(Change(9, added: "late", epoch: 1));
        Assert.Equal("a", Known);

        // The store went back to a backup.
        _told.Take(Telling(9, epoch: 1, ids: "b"));
        Assert.Equal("b", Known);
    }

    [Fact]
    public void More_than_can_be_taken_in_is_said_and_leaves_what_is_known()
    {
        _told.Take(Telling(5, ids: "a"));
        _told.Take(Telling(6, 0, ToldNames.MostPages + 1, ids: "b"));

        Assert.Equal(("a", true), (Known, _told.IsTooLarge));
    }
}
