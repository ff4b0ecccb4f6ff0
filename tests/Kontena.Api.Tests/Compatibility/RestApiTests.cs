using Kontena.Api.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.Api.Tests.Compatibility;

/// <summary>Every endpoint of the original is answered, and the page that says how says the truth.</summary>
public sealed class RestApiTests(SeededApi seeded) : IClassFixture<SeededApi>
{
    [Fact]
    public void Rows_are_numbered_as_in_the_original_list() =>
        Assert.Equal(Enumerable.Range(1, 121), RestApiRows.All.Select(row => row.Number));

    [Fact]
    public void Every_row_is_mapped()
    {
        var mapped = Routes().Select(route => route.Key).ToHashSet(StringComparer.Ordinal);

        var missing = RestApiRows.All.SelectMany(row => row.Paths.Select(path => Key(row.Verb, Shape(path)))).Where(key => !mapped.Contains(key));

        Assert.Empty(missing);
    }

    [Fact]
    public void A_row_is_refused_in_words_exactly_when_it_says_so()
    {
        var absent = Routes().Where(route => route.Endpoint.Metadata.GetMetadata<Absence>() is not null).Select(route => route.Key).Order(StringComparer.Ordinal);

        // The websocket of the original's agents shares its path with a row that is there.
        var said = RestApiRows.All.Where(row => row.Standing is Standing.Stub or Standing.NotHere && row.Method != "WS")
            .SelectMany(row => row.Paths.Select(path => Key(row.Verb, Shape(path)))).Order(StringComparer.Ordinal);

        Assert.Equal(said, absent);
    }

    [Fact]
    public async Task What_is_not_there_yet_says_so_in_an_error_that_clients_can_read()
    {
        var api = seeded.Api;
        foreach (var (row, path) in Absent())
        {
            var answer = await api.SendAsync(new HttpMethod(row.Verb), Filled(path, "main"), "{}");

            Assert.True(answer.Status is 501 or 503, $"{row.Verb} {path} answered {answer.Status} {answer.Text}");
            Assert.Equal("application/json", answer.ContentType);
            Assert.True(((string?)answer.Json["error"])!.Length > 30, answer.Text);
        }
    }

    [Fact]
    public async Task What_is_not_there_yet_is_a_404_in_a_grid_that_is_not_there()
    {
        var api = seeded.Api;
        foreach (var (row, path) in Absent().Where(one => one.Path.Contains(":grid", StringComparison.Ordinal)))
            Assert.Equal((404, """{"error":"Not found"}"""), await StatusAsync(api, row.Verb, Filled(path, "nope")));
    }

    [Theory]
    [InlineData("GET", "/v1/etcd/main//")]
    [InlineData("GET", "/v1/etcd/main//app/x?recursive=true")]
    [InlineData("POST", "/v1/etcd/main//app")]
    [InlineData("DELETE", "/v1/etcd/main//app/")]
    [InlineData("GET", "/v1/etcd/main")]
    public async Task Keys_of_etcd_are_taken_whole(string method, string path)
    {
        var answer = await seeded.Api.SendAsync(new HttpMethod(method), path);

        Assert.Equal(501, answer.Status);
        Assert.StartsWith("There is no etcd in this grid", (string?)answer.Json["error"]);
    }

    [Fact]
    public async Task An_agent_of_the_original_is_told_before_the_upgrade_that_it_can_not_join()
    {
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;

        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() =>
            socket.ConnectAsync(new UriBuilder(seeded.Api.Address) { Scheme = "ws" }.Uri, TestContext.Current.CancellationToken));

        Assert.Equal(501, (int)socket.HttpStatusCode);
    }

    /// <summary>The rows of the page are the rows of the table, which the other tests hold against the api.</summary>
    [Fact]
    public void The_page_says_what_the_table_says()
    {
        var file = PageFile();
        var page = File.ReadAllText(file);
        var written = page.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && char.IsAsciiDigit(line[2])).ToList();
        var wanted = RestApiRows.All.Select(row => row.Line).ToList();
        if (written.SequenceEqual(wanted))
            return;

        // Rewritten where its table is: below the heading of the table, to its end.
        const string Heading = "|---|---|---|---|---|---|\n";
        var head = page[..(page.IndexOf(Heading, StringComparison.Ordinal) + Heading.Length)];
        File.WriteAllText(file, head + string.Concat(wanted.Select(line => line + "\n")));
        Assert.Fail("the table of infra/docs/api-compatibility.md differed from RestApiRows and was rewritten: read its diff, and commit it");
    }

    [Fact]
    public void The_page_counts_right()
    {
        var page = File.ReadAllText(PageFile());

        foreach (var same in RestApiRows.All.GroupBy(row => row.Title))
            Assert.Contains($"**{same.Key}** ({same.Count()})", page, StringComparison.Ordinal);
    }

    private static IEnumerable<(RestApiRow Row, string Path)> Absent() =>
        RestApiRows.All.Where(row => row.Standing is Standing.Stub or Standing.NotHere && row.Method != "WS").SelectMany(row => row.Paths.Select(path => (row, path)));

    private static async Task<(int, string)> StatusAsync(ApiUnderTest api, string method, string path)
    {
        var answer = await api.SendAsync(new HttpMethod(method), path, "{}");
        return (answer.Status, answer.Text);
    }

    private IEnumerable<(string Key, RouteEndpoint Endpoint)> Routes() =>
        seeded.Api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(route => (route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => (Key(method, Shape(route.RoutePattern)), route)));

    private static string Key(string method, string shape) => $"{method} {shape}";

    /// <summary>What a parameter is called differs; where it stands does not.</summary>
    private static string Shape(string path) =>
        string.Join('/', path.Split('/').Select(segment => segment.StartsWith(':') ? "{}" : segment));

    private static string Shape(RoutePattern pattern) =>
        "/" + string.Join('/', pattern.PathSegments.Select(segment => segment.Parts is [RoutePatternLiteralPart literal] ? literal.Content : "{}"));

    /// <summary>With names of the seeded grid, where the path has places for them.</summary>
    private static string Filled(string path, string grid) => string.Join('/', path.Split('/').Select(segment => segment switch
    {
        ":grid" => grid,
        ":stack" => "shop",
        ":svc" => "web",
        ":node" => "core-01",
        ":name" when path.StartsWith("/v1/containers/", StringComparison.Ordinal) => "shop.web-1",
        _ when segment.StartsWith(':') => "some",
        _ => segment,
    }));

    private static string PageFile() => Path.Combine(Root(), "infra/docs/api-compatibility.md");

    /// <summary>The tree this program was built from.</summary>
    internal static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Kontena.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"no Kontena.sln above {AppContext.BaseDirectory}");
    }
}
