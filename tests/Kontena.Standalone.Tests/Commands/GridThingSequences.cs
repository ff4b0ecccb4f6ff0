using static Kontena.Standalone.Tests.Commands.Call;

namespace Kontena.Standalone.Tests.Commands;

/// <summary>Commands about what a grid keeps: secrets, logins of registries, volumes; and about what this one does without: etcd and certificates (rest-api.md §26.6).</summary>
internal static class GridThingSequences
{
    public static IReadOnlyList<CommandSequence> All =>
    [
        new("vault list", Get("grids/main/secrets", "secrets[]: name!, created_at!, updated_at!")) { Before = [Keep("LISTED")] },
        new("vault export",
            Get("grids/main/secrets", "secrets[]: name!"),
            Get("secrets/main/<secrets[0].name>", "name!, value!"))
        {
            Before = [Keep("EXPORTED")],
        },
        new("vault write", Post("grids/main/secrets", """{"name":"WRITTEN","value":"s3cret"}""", 201)),
        new("vault read", Get("secrets/main/READ", "name!, created_at!, value!")) { Before = [Keep("READ")] },
        new("vault update", Put("secrets/main/UPDATED", """{"name":"UPDATED","value":"another","upsert":false}""")) { Before = [Keep("UPDATED")] },
        new("vault update --upsert", Put("secrets/main/UPSERTED", """{"name":"UPSERTED","value":"first","upsert":true}""", 201)),
        new("vault import",
            Put("secrets/main/IMPORTED", """{"name":"IMPORTED","value":"s3cret","upsert":true}""", 201),
            Delete("secrets/main/EMPTIED"))
        {
            Before = [Keep("EMPTIED")],
        },
        new("vault remove", Delete("secrets/main/REMOVED")) { Before = [Keep("REMOVED")] },

        new("external-registry add", Login("added")),
        new("external-registry list", Get("grids/main/external_registries", "external_registries[]: name!, username, email")) { Before = [Login("listed")] },
        new("external-registry remove", Delete("external_registries/main/removed.example.org")) { Before = [Login("removed")] },

        new("volume list", Get("volumes/main", "volumes[]: name!, scope, driver, created_at!")) { Before = [CreateVolume("listed")] },
        new("volume create", CreateVolume("created")),
        new("volume show", Get("volumes/main/shown", "name!, id!, created_at, scope, driver, driver_opts!; instances[*]: name, node; services[*]: id")) { Before = [CreateVolume("shown")] },
        new("volume remove", Delete("volumes/main/removed")) { Before = [CreateVolume("removed")] },

        new("etcd get", Absent("GET", "etcd/main//app/mode")),
        new("etcd list", Absent("GET", "etcd/main//app?recursive=true")),
        new("etcd set", Absent("POST", "etcd/main//app/mode", """{"value":"prod"}""")),
        new("etcd mkdir", Absent("POST", "etcd/main//app", "{}")),
        new("etcd remove", Absent("DELETE", "etcd/main//app/mode", "{}"), Absent("DELETE", "etcd/main//app", """{"recursive":true}""")),
        new("etcd health",
            Get("grids/main/nodes", "nodes[]: id!"),
            Get("nodes/<nodes[0].id>/health", "name!, etcd_health!.health, etcd_health!.error!")),

        new("certificate list", Absent("GET", "grids/main/certificates")),
        new("certificate show", Absent("GET", "certificates/main/example.org")),
        new("certificate export", Absent("GET", "certificates/main/example.org/export")),
        new("certificate import", Absent("PUT", "certificates/main/example.org", """{"certificate":"PEM","private_key":"PEM","chain":["PEM"]}""")),
        new("certificate register", Absent("POST", "certificates/main/register", """{"email":"ann@example.org"}""")),
        new("certificate authorize", Absent("POST", "grids/main/domain_authorizations", """{"domain":"example.org","authorization_type":"http-01","linked_service":"shop/web"}""")),
        new("certificate request", Absent("POST", "grids/main/certificates", """{"domains":["example.org"]}""")),
        new("certificate get", Absent("POST", "certificates/main/certificate", """{"domains":["example.org"],"secret_name":"LE_CERTIFICATE"}""")),
        new("certificate remove", Absent("DELETE", "certificates/main/example.org")),
        new("certificate domain-authorization list", Absent("GET", "grids/main/domain_authorizations")),
        new("certificate domain-authorization remove", Absent("DELETE", "domain_authorizations/main/example.org")),
    ];

    private static Call Keep(string name) => Post("grids/main/secrets", $$"""{"name":"{{name}}","value":"s3cret"}""", 201);

    private static Call Login(string host) =>
        Post("grids/main/external_registries", $$"""{"url":"https://{{host}}.example.org","username":"ann","password":"s3cret","email":"ann@example.org"}""", 201);

    private static Call CreateVolume(string name) => Post("volumes/main", $$$"""{"name":"{{{name}}}","scope":"grid","driver":"local","driver_opts":{}}""", 201);
}
