using FsCheck;
using FsCheck.Fluent;
using Kontena.Core.Stacks;
using Xunit;

namespace Kontena.Core.Tests.Stacks;

public sealed class LinkGraphTests
{
    [Fact]
    public void Those_linked_to_come_first_and_else_the_order_of_the_file()
    {
        var graph = Graph(("web", ["db", "cache"]), ("worker", ["db"]), ("db", []), ("cache", []));
        Assert.Equal(["db", "worker", "cache", "web"], graph.Order);
    }

    [Fact]
    public void Missing_links_are_named()
    {
        var graph = Graph(("web", ["db", "nope", "nope"]), ("db", []));
        Assert.Equal(["nope"], graph.MissingOf("web"));
        Assert.Empty(graph.MissingOf("db"));
    }

    [Fact]
    public void A_circle_is_found_but_not_those_that_only_lead_to_it()
    {
        var graph = Graph(("a", ["b"]), ("b", ["c"]), ("c", ["a"]), ("d", ["a"]), ("e", ["e"]));
        Assert.Equal(["a", "b", "c", "e"], graph.Recursive.Order());
    }

    [Fact]
    public void A_long_chain_does_not_end_the_process()
    {
        var chain = Enumerable.Range(0, 50_000).Select(n => ($"s{n}", (IReadOnlyList<string>)[$"s{n + 1}"]));
        Assert.Equal(50_000, new LinkGraph(chain).Order.Count);
    }

    [Fact]
    public void Law_every_service_is_ordered_after_its_links_or_not_at_all() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var names = Enumerable.Range(0, random.Next(1, 12)).Select(n => $"s{n}").ToList();
            var services = names.Select(name => (name, (IReadOnlyList<string>)[.. names.Where(_ => random.Next(6) == 0)])).ToList();
            var graph = new LinkGraph(services);
            var place = graph.Order.Select((name, index) => (name, index)).ToDictionary();
            return services.Where(service => place.ContainsKey(service.name))
                    .All(service => service.Item2.All(link => place[link] < place[service.name]))
                && (graph.Order.Count == names.Count) == (graph.Recursive.Count == 0);
        }).QuickCheckThrowOnFailure();

    private static LinkGraph Graph(params (string, string[])[] services) => new(services.Select(one => (one.Item1, (IReadOnlyList<string>)one.Item2)));

    [Fact]
    public void A_circle_is_shown_as_the_way_back()
    {
        var graph = new LinkGraph([("a", ["b"]), ("b", ["c", "d"]), ("c", ["a"]), ("d", [])]);
        Assert.Equal(["b", "c", "a", "b"], graph.CircleOf("b"));
        Assert.Empty(graph.CircleOf("d"));
    }
}
