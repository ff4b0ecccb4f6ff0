using static Kontena.Standalone.Tests.Commands.Call;

namespace Kontena.Standalone.Tests.Commands;

/// <summary>Commands about the master, its configuration and logging in (rest-api.md §26.1, §3.5).</summary>
internal static class MasterSequences
{
    private const string Exchange = """{"grant_type":"authorization_code","code":"<code>","client_id":"15faec8a7a9b4f1e8b7daebb1307f1d8","client_secret":"any"}""";
    private const string Refresh = """{"refresh_token":"<refresh_token>","grant_type":"refresh_token","client_id":"15faec8a7a9b4f1e8b7daebb1307f1d8","client_secret":"any"}""";
    private const string NewToken = """{"response_type":"token","scope":"user","expires_in":7200,"description":"ci"}""";
    private const string NewCode = """{"response_type":"code","scope":"user"}""";
    private const string ReadOfExchange = "access_token!, refresh_token, expires_in, server!.name, user!.name, user!.email";
    private const string ReadOfToken = "id!, token_type!, scopes, description, user!.id, user!.email, user!.name, server!.name, access_token_last_four, refresh_token_last_four, expires_in";

    public static IReadOnlyList<CommandSequence> All =>
    [
        new("version", Get("/", "version!")),
        new("whoami", Get("user", "email!")),
        new("complete",
            Get("grids", "grids[]: id!"),
            Get("grids/main/nodes", "nodes[]: name!"),
            Get("grids/main/stacks", "stacks[]: name!"),
            Get("grids/main/services", "services[]: stack!.id!, name!, id!"),
            Get("services/<services[id=main/shop/web].id>/containers", "containers[]: name!, id!")),

        new("master login --code",
            Post("/oauth2/token", Exchange, 201, ReadOfExchange) with { IsAnonymous = true },
            Get("grids", "grids[]: name!, user_count!"))
        {
            Before = [Post("/oauth2/authorize", NewCode, 201)],
        },
        new("master login --token", Get("user", "email!")),
        new("master login", Get("/authenticate?expires_in=7200&redirect_uri=http%3A%2F%2Flocalhost%3A1234%2Fcb", "error!", status: 501) with { IsAnonymous = true })
        {
            Before = [Delete("config", status: 201)],
        },
        new("master join", Get("/authenticate?expires_in=7200&redirect_uri=http%3A%2F%2Flocalhost%3A1234%2Fcb&invite_code=<invite_code>", "error!", status: 501) with { IsAnonymous = true })
        {
            Before = [Delete("config", status: 201), Post("/oauth2/authorize", """{"email":"joins@example.org","external_id":"joins","response_type":"invite"}""", 201)],
        },
        new("master logout", Post("/oauth2/token", Refresh, 201, "access_token!, refresh_token!, expires_in!") with { IsAnonymous = true })
        {
            Before = [Post("/oauth2/authorize", NewToken, 201)],
        },

        new("master config get", Get("config/server.name", "'server.name'!")) { Before = [Patch("config", """{"server.name":"got"}""", 201)] },
        new("master config set", Patch("config", """{"server.name":"set"}""", 201)),
        new("master config unset", Delete("config/server.name", status: 201)),
        new("master config export", Get("config", "'cloud.enabled'!"), Get("config?filter=cloud", "'cloud.enabled'!")),
        new("master config import", Put("config", """{"server.name":"imported"}""", 201)),
        new("master config import --full", Patch("config", """{"server.name":"imported"}""", 201)),

        new("master token create",
            Post("/oauth2/authorize", NewToken, 201, ReadOfToken + ", access_token!, refresh_token!"),
            Post("/oauth2/authorize", """{"response_type":"token","scope":"user","expires_in":0,"description":null,"user":"<user.email>"}""", 201, ReadOfToken + ", access_token!"),
            Post("/oauth2/authorize", NewCode, 201, "id!, grant_type!, scopes, description, user!.id, user!.email, user!.name, server!.name, code!")),
        new("master token list", Get("/oauth2/tokens", "tokens[]: id!, scopes, description; tokens[token_type=bearer]: access_token_last_four, expires_in"))
        {
            Before = [Post("/oauth2/authorize", NewToken, 201)],
        },
        new("master token show", Get("/oauth2/tokens/<id>", ReadOfToken)) { Before = [Post("/oauth2/authorize", NewToken, 201)] },
        new("master token current", Get("/oauth2/tokens/<access_token>", ReadOfToken)) { Before = [Post("/oauth2/authorize", NewToken, 201)] },
        new("master token remove", Delete("/oauth2/tokens/<id>", status: 201)) { Before = [Post("/oauth2/authorize", NewToken, 201)] },

        new("master ssh", Get("config/server.provider", "'server.provider'!")) { Before = [Patch("config", """{"server.provider":"vagrant"}""", 201)] },
        new("master init-cloud",
            Get("config", "'oauth2.client_id'?"),
            Put("config", """{"oauth2.client_id":"cloud","oauth2.authorize_endpoint":"https://cloud.example.org/login"}""", 201),
            Patch("config", """{"server.root_url":"https://master.example.org","server.name":"prod"}""", 201),
            Post("/oauth2/authorize", """{"email":"owner@example.org","external_id":"owner","response_type":"invite"}""", 201, "invite_code!"),
            Post("users/owner@example.org/roles", """{"role":"master_admin"}""", 201),
            Post("grids/main/users", """{"email":"owner@example.org"}""", 201),
            Post("/oauth2/authorize", """{"response_type":"token","scope":"user","expires_in":0,"user":"owner@example.org"}""", 201, ReadOfToken + ", access_token!")),
        new("master create",
            Get("/", "version!"),
            Post("/oauth2/token", Exchange, 201, ReadOfExchange) with { IsAnonymous = true },
            Post("grids", """{"name":"test"}""", 201, "name!"),
            Patch("config", """{"server.provider":"vagrant"}""", 201))
        {
            Before = [Post("/oauth2/authorize", NewCode, 201)],
        },
    ];
}
