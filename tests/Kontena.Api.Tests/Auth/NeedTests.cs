using System.Globalization;
using Kontena.Api.Auth;
using Kontena.Api.Http;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Identity;
using Kontena.Contracts.Nodes;
using Kontena.State;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.Api.Tests.Auth;

/// <summary>Every route, asked by every kind of caller, lets in exactly those it is for (rest-api.md §3.3, §24).</summary>
public sealed class NeedTests
{
    /// <summary>What is not for every user of the grid in its path: the list to read when a route is added. Everything else without a grid is for a master_admin.</summary>
    private static readonly Dictionary<string, Need> Exceptions = new(StringComparer.Ordinal)
    {
        ["createGrid"] = Need.MasterAdmin,
        ["removeGrid"] = Need.MasterAdmin,
        ["updateGrid"] = Need.GridAdmin,
        ["rebalanceGrid"] = Need.GridAdmin,
        ["createNode"] = Need.GridAdmin,
        ["showNodeToken"] = Need.GridAdmin,
        ["resetNodeToken"] = Need.GridAdmin,
        ["clearNodeToken"] = Need.GridAdmin,
        ["rotateNodeKey"] = Need.GridAdmin,
        ["addGridUser"] = Need.GridMembersAdmin,
        ["removeGridUser"] = Need.GridMembersAdmin,
        ["listGrids"] = Need.AnyUser,
        ["showUser"] = Need.AnyUser,
        ["createToken"] = Need.AnyUser,
        ["listTokens"] = Need.AnyUser,
        ["showToken"] = Need.AnyUser,
        ["removeToken"] = Need.AnyUser,
        ["listUsers"] = Need.UserAdmin,
        ["removeUser"] = Need.UserAdmin,
    };

    private static readonly Dictionary<string, string> Denials = new(StringComparer.Ordinal)
    {
        ["createGrid"] = """422 {"error":{"user":"Operation not allowed"}}""",
        ["removeGrid"] = """422 {"error":{"user":"Operation not allowed"}}""",
        ["updateGrid"] = """422 {"error":{"user":"Operation not allowed"}}""",
        ["addGridUser"] = """422 {"error":{"grid":"Operation not allowed"}}""",
        ["removeGridUser"] = """422 {"error":{"grid":"Operation not allowed"}}""",
        ["removeUser"] = """400 {"error":{"user":"Operation not allowed"}}""",
        ["addRole"] = """422 {"error":{"current_user":"Operation not allowed"}}""",
        ["removeRole"] = """422 {"error":{"current_user":"Operation not allowed"}}""",
    };

    private static readonly string[] Callers =
        ["nobody", "a bad token", "a user without grids", "a grid user", "its grid_admin", "a grid_admin of another grid", "its user_admin", "a user_admin", "a master_admin"];

    [Fact]
    public async Task Every_route_lets_in_whom_it_is_for_and_nobody_else()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        await api.PutAsync(StateKeys.Grid, StateKeys.System, Some.Grid() with { Name = "other" });
        var clients = new Dictionary<string, HttpClient>(StringComparer.Ordinal)
        {
            ["nobody"] = api.Anonymous,
            ["a bad token"] = api.ClientWith("no-such-token"),
            ["a user without grids"] = await Client("none@x"),
            ["a grid user"] = await Client("user@x", "main"),
            ["its grid_admin"] = await Client("admin@x", "main", UserRoles.GridAdmin),
            ["a grid_admin of another grid"] = await Client("other@x", "other", UserRoles.GridAdmin),
            ["its user_admin"] = await Client("members@x", "main", UserRoles.UserAdmin),
            ["a user_admin"] = await Client("users@x", null, UserRoles.UserAdmin),
            ["a master_admin"] = await Client("master@x", null, UserRoles.MasterAdmin),
        };

        var wrong = new List<string>();
        var asked = 0;
        foreach (var (method, path, facts) in Routes(api).Where(route => route.Facts.Need.TakesToken))
        {
            foreach (var caller in Callers)
            {
                var answer = await api.SendAsync(new HttpMethod(method), path, "{}", clients[caller]);
                var said = $"{answer.Status} {answer.Text}";
                if (Expected(facts.Operation, path, caller) is { } denial ? said != denial : IsDenial(said, facts.Operation))
                    wrong.Add($"{caller}: {method} {path} ({facts.Operation}) answered {said}, wanted {Expected(facts.Operation, path, caller) ?? "to be let in"}");
                asked++;
            }
        }

        foreach (var client in clients.Values.Where(client => client != api.Anonymous))
            client.Dispose();
        Assert.True(asked > 900, asked.ToString(CultureInfo.InvariantCulture));
        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(30)));

        Task<HttpClient> Client(string email, string? grid = null, params string[] roles) =>
            api.ClientOfAsync(Some.User(email, grid is null ? [] : [grid], roles), $"token-of-{email}");
    }

    [Fact]
    public async Task A_grid_that_is_not_there_is_a_404_for_whoever_may_use_none()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        using var client = await api.ClientOfAsync(Some.User("none@x"), "token-of-none");

        Assert.Equal((404, """{"error":"Not found"}"""), await Said("/v1/grids/nope"));
        Assert.Equal((403, """{"error":"Access denied"}"""), await Said("/v1/grids/main"));
        Assert.Equal((404, ""), await Said("/v1/nothing"));

        async Task<(int, string)> Said(string path) => await api.SendAsync(HttpMethod.Get, path, client: client) is var answer ? (answer.Status, answer.Text) : default;
    }

    [Fact]
    public async Task A_verb_that_a_path_does_not_have_is_the_same_for_everybody()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        using var client = await api.ClientOfAsync(Some.User("user@x", ["main"]), "token-of-user");

        foreach (var path in new[] { "/v1/grids", "/v1/user", "/v1/nodes/main/core-01" })
            Assert.Equal((await api.SendAsync(HttpMethod.Patch, path, "{}")).Status, (await api.SendAsync(HttpMethod.Patch, path, "{}", client)).Status);
    }

    /// <summary>Whoever has the grid's token joins in the place of a forgotten agent.</summary>
    [Fact]
    public async Task An_agent_is_forgotten_by_a_grid_admin_only()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        api.Bus.Answer<UpdateNode>(_ => CommandResult.Done());
        using var user = await api.ClientOfAsync(Some.User("user@x", ["main"]), "token-of-user");
        using var admin = await api.ClientOfAsync(Some.User("admin@x", ["main"], UserRoles.GridAdmin), "token-of-admin");

        async Task<int> Put(string body, HttpClient client) => (await api.SendAsync(HttpMethod.Put, "/v1/nodes/main/core-01", body, client)).Status;

        Assert.Equal(403, await Put("""{"forget_agent":true}""", user));
        Assert.Empty(api.Bus.Asked);
        Assert.Equal((200, 200, 200), (await Put("""{"labels":["a"]}""", user), await Put("""{"forget_agent":false}""", user), await Put("""{"forget_agent":true}""", admin)));
    }

    [Fact]
    public async Task Grids_are_listed_for_whom_they_are()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        await api.PutAsync(StateKeys.Grid, StateKeys.System, Some.Grid() with { Name = "other" });
        using var user = await api.ClientOfAsync(Some.User("user@x", ["other"]), "token-of-user");

        Assert.Equal(["main", "other"], Names(await api.GetAsync("/v1/grids")).Order(StringComparer.Ordinal));
        var own = await api.SendAsync(HttpMethod.Get, "/v1/grids", client: user);
        Assert.Equal(["other"], Names(own));
        // With the administrator.
        Assert.Equal(2, (int)own.Json["grids"]![0]!["user_count"]!);
        Assert.Equal(["admin", "user@x"], (await api.GetAsync("/v1/grids/other/users")).Json["users"]!.AsArray().Select(one => (string)one!["email"]!));

        static IEnumerable<string> Names(Answer answer) => answer.Json["grids"]!.AsArray().Select(grid => (string)grid!["name"]!);
    }

    /// <returns>Null: let in.</returns>
    private static string? Expected(string operation, string path, string caller)
    {
        if (caller is "nobody" or "a bad token")
        {
            return path == "/oauth2/authorize" || path.StartsWith("/v1/nodes/", StringComparison.Ordinal)
                ? """403 {"error":"access_denied","error_description":null}"""
                : """403 {"error":"invalid_token","error_description":"Invalid token"}""";
        }

        var isOfGrid = path.Contains("/main", StringComparison.Ordinal);
        if (caller == "a master_admin")
            return null;
        if (isOfGrid && caller is "a user without grids" or "a grid_admin of another grid" or "a user_admin" && isOfGrid)
            return """403 {"error":"Access denied"}""";
        var need = Exceptions.TryGetValue(operation, out var exception) ? exception : isOfGrid ? Need.GridUser : Need.MasterAdmin;
        var isIn = need.Name switch
        {
            "any user" or "grid user" => true,
            "user admin" => caller is "a user_admin" or "its user_admin",
            "grid admin" => caller == "its grid_admin",
            "grid members admin" => caller is "its grid_admin" or "its user_admin",
            _ => false,
        };
        if (isIn)
            return null;
        if (Denials.TryGetValue(operation, out var own))
            return own;
        return path.StartsWith("/v1/config", StringComparison.Ordinal) ? """403 {"error":"access_denied","error_description":null}"""
            : need == Need.GridAdmin ? """403 {"error":"Access denied"}""" : """403 {"error":"Operation not allowed"}""";
    }

    private static bool IsDenial(string said, string operation) =>
        said.StartsWith("403 ", StringComparison.Ordinal) || said.StartsWith("401 ", StringComparison.Ordinal) || (Denials.TryGetValue(operation, out var denial) && said == denial);

    private static IEnumerable<(string Method, string Path, RouteFacts Facts)> Routes(ApiUnderTest api) =>
        api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<RouteFacts>() is not null)
            .SelectMany(route => (route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => (method, route)))
            // Whoever takes something away comes last, so that everybody else finds it.
            .OrderBy(one => one.method == "DELETE")
            .Select(one => (one.method, "/" + one.route.RoutePattern.RawText!.Trim('/')
                .Replace("{grid}", "main", StringComparison.Ordinal).Replace("{stack}", "shop", StringComparison.Ordinal)
                .Replace("{node}", "core-01", StringComparison.Ordinal).Replace("{service}", "web", StringComparison.Ordinal)
                .Replace("{**key}", "key", StringComparison.Ordinal), one.route.Metadata.GetMetadata<RouteFacts>()!));
}
