using static Kontena.Standalone.Tests.Commands.Call;

namespace Kontena.Standalone.Tests.Commands;

/// <summary>Commands about users, and what they did (rest-api.md §26.1, §26.2).</summary>
internal static class UserSequences
{
    private const string AuditEntries = "logs[]: time, grid, resource_type, resource_name, event_name, user_identity!.email!, source_ip, user_agent";

    public static IReadOnlyList<CommandSequence> All =>
    [
        new("master user invite",
            Invite("ann"),
            Post("users/ann@example.org/roles", """{"role":"grid_admin"}""", 201)),
        new("master user list", Get("users", "users[]: email!, roles!, id; users[].roles[*]: name!")),
        new("master user remove", Delete("users/bob@example.org")) { Before = [Invite("bob")] },
        new("master user role add", Post("users/cat@example.org/roles", """{"role":"grid_admin"}""", 201)) { Before = [Invite("cat")] },
        new("master user role remove", Delete("users/dan@example.org/roles/grid_admin", reads: "email!"))
        {
            Before = [Invite("dan"), Post("users/dan@example.org/roles", """{"role":"grid_admin"}""", 201)],
        },
        new("master audit-log", Get("audit_logs?limit", AuditEntries), Get("audit_logs?limit=10", AuditEntries)),

        new("grid audit-log", Get("grids/main/audit_log?limit=10", AuditEntries)),
        new("grid user list", Get("grids/main/users", "users[]: email!, name")),
        new("grid user add", Post("grids/main/users", """{"email":"eve@example.org"}""", 201)) { Before = [Invite("eve")] },
        new("grid user remove", Delete("grids/main/users/fay@example.org"))
        {
            Before = [Invite("fay"), Post("grids/main/users", """{"email":"fay@example.org"}""", 201)],
        },
    ];

    private static Call Invite(string name) =>
        Post("/oauth2/authorize", $$"""{"email":"{{name}}@example.org","external_id":"{{name}}","response_type":"invite"}""", 201, "email!, invite_code!");
}
