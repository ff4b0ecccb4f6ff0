using System.Reflection;
using System.Text.RegularExpressions;
using Kontena.Api.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.Api.Tests.Http;

/// <summary>Every route says its facts, and they hold together.</summary>
public sealed partial class RouteFactsTests(SeededApi seeded) : IClassFixture<SeededApi>
{
    [Fact]
    public void Every_route_of_the_api_says_its_facts()
    {
        Assert.True(Routes.Count > 100, $"only {Routes.Count} routes were read");
        Assert.Empty(Mistakes(Routes));
    }

    [Fact]
    public void A_route_without_facts_is_found() =>
        Assert.Equal(["/v1/things says no facts"], Mistakes([new Route("/v1/things", HasGrid: false, null)]));

    [Fact]
    public void An_operation_that_is_there_twice_is_found() =>
        Assert.Equal(
            ["/v1/b: the operation showThing is there twice"],
            Mistakes([new Route("/v1/a", false, new RouteFacts("showThing", Need.AnyUser)), new Route("/v1/b", false, new RouteFacts("showThing", Need.AnyUser))]));

    [Theory]
    [InlineData("ShowThing")]
    [InlineData("things")]
    [InlineData("show_thing")]
    [InlineData("show")]
    public void An_operation_that_is_no_verb_and_noun_is_found(string operation) =>
        Assert.Equal([$"/v1/a: {operation} is not a verb and a noun in camelCase"], Mistakes([new Route("/v1/a", false, new RouteFacts(operation, Need.AnyUser))]));

    [Fact]
    public void A_need_of_a_grid_without_a_grid_is_found()
    {
        var facts = new RouteFacts("showThing", Need.GridUser);

        Assert.Equal(["/v1/a: grid user needs a grid, and nothing says which"], Mistakes([new Route("/v1/a", false, facts)]));
        Assert.Empty(Mistakes([new Route("/v1/a", false, facts with { GridFrom = "a header" })]));
        Assert.Empty(Mistakes([new Route("/v1/{grid}", true, facts)]));
        Assert.Equal(["/v1/{grid}: the grid is in the path and elsewhere"], Mistakes([new Route("/v1/{grid}", true, facts with { GridFrom = "a header" })]));
    }

    [Fact]
    public void What_takes_no_token_is_what_the_token_check_lets_through()
    {
        var open = seeded.Api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<RouteFacts>() is not null)
            .ToLookup(route => Kontena.Api.Auth.TokenCheck.IsOpen("/" + route.RoutePattern.RawText!.Trim('/')), route => route.Metadata.GetMetadata<RouteFacts>()!);

        Assert.All(open[true], facts => Assert.False(facts.Need.TakesToken, $"{facts.Operation} is open"));
        Assert.All(open[false], facts => Assert.True(facts.Need.TakesToken, $"{facts.Operation} is not open"));
    }

    [Fact]
    public void Refusals_of_one_status_are_told_in_one_sentence()
    {
        var facts = new RouteFacts("showThing", Need.GridUser) { Refusals = [new Refusal(404, "It has none"), new Refusal(409, "Never", HasBody: false)] };

        Assert.Equal([403, 404, 409, 503], facts.AllRefusals(takesBody: false).Select(one => one.Status));
        Assert.Equal([400, 403, 404, 409, 413, 422, 503], facts.AllRefusals(takesBody: true).Select(one => one.Status));
        Assert.EndsWith("that the path gives. Or: It has none", facts.AllRefusals(false).Single(one => one.Status == 404).Meaning);
        Assert.Equal([409], new RouteFacts("showThing", Need.Anonymous) { Refusals = [new Refusal(409, "Never")] }.AllRefusals(false).Select(one => one.Status));
    }

    [Fact]
    public void What_a_handler_binds_from_the_query_is_declared()
    {
        var undeclared = seeded.Api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<RouteFacts>() is not null)
            .SelectMany(route => (route.Metadata.GetMetadata<MethodInfo>()?.GetParameters() ?? [])
                .Where(one => Nullable.GetUnderlyingType(one.ParameterType) is not null || one.ParameterType == typeof(string) || one.ParameterType == typeof(string[]))
                .Select(one => one.Name!)
                .Except(route.RoutePattern.Parameters.Select(one => one.Name))
                .Except(route.Metadata.GetMetadata<RouteFacts>()!.Query.Select(one => one.Name))
                .Select(name => $"{route.RoutePattern.RawText} reads {name}"));

        Assert.Empty(undeclared);
    }

    /// <summary>A handler reads through the parameter it declares, so that neither is without the other.</summary>
    [Fact]
    public void No_handler_reads_the_query_past_its_parameters()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Compatibility.RestApiTests.Root(), "services/api"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith("/Http/QueryParameter.cs", StringComparison.Ordinal)).ToList();

        Assert.True(sources.Count > 40, $"only {sources.Count} files were read");
        Assert.DoesNotContain(sources, file => PastParameters().IsMatch(File.ReadAllText(file)));
    }

    private IReadOnlyList<Route> Routes =>
    [
        .. seeded.Api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.RoutePattern.RawText != "/openapi.json")
            .Select(route => new Route(
                route.RoutePattern.RawText!, route.RoutePattern.Parameters.Any(one => one.Name == "grid"), route.Metadata.GetMetadata<RouteFacts>())),
    ];

    private static List<string> Mistakes(IReadOnlyList<Route> routes)
    {
        var mistakes = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var route in routes)
        {
            if (route.Facts is not { } facts)
            {
                mistakes.Add($"{route.Path} says no facts");
                continue;
            }

            if (!seen.Add(facts.Operation))
                mistakes.Add($"{route.Path}: the operation {facts.Operation} is there twice");
            if (!VerbAndNoun().IsMatch(facts.Operation))
                mistakes.Add($"{route.Path}: {facts.Operation} is not a verb and a noun in camelCase");
            if (facts.Need.IsOfGrid && !route.HasGrid && facts.GridFrom is null)
                mistakes.Add($"{route.Path}: {facts.Need} needs a grid, and nothing says which");
            if (route.HasGrid && facts.GridFrom is not null)
                mistakes.Add($"{route.Path}: the grid is in the path and elsewhere");
        }

        return mistakes;
    }

    private sealed record Route(string Path, bool HasGrid, RouteFacts? Facts);

    [GeneratedRegex(@"Query\[|Query\.(ContainsKey|TryGetValue)|FromQuery|(?<!Add)QueryString")]
    private static partial Regex PastParameters();

    [GeneratedRegex("^[a-z]+([A-Z][a-z]*)+$")]
    private static partial Regex VerbAndNoun();
}
