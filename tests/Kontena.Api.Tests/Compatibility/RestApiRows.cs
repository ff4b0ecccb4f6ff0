namespace Kontena.Api.Tests.Compatibility;

/// <summary>How a path of the original's API stands here.</summary>
internal enum Standing
{
    /// <summary>It does what the original does.</summary>
    There,

    /// <summary>It does, but for what the note says.</summary>
    Gap,

    /// <summary>It is refused in words until what it needs is built.</summary>
    Stub,

    /// <summary>It is refused in words: what it is for does not exist here.</summary>
    NotHere,
}

/// <summary>One row of the original's list of endpoints (rest-api.md §24).</summary>
/// <param name="Path">As it is written there; <c>{a,b}</c> stands for several paths.</param>
internal sealed record RestApiRow(int Number, string Method, string Path, string Section, Standing Standing, string Note = "")
{
    public string Title => Standing switch
    {
        Standing.There => "there",
        Standing.Gap => "small gap",
        Standing.Stub => "not yet",
        _ => "not in this grid",
    };

    /// <summary>A websocket begins as a GET.</summary>
    public string Verb => Method == "WS" ? "GET" : Method;

    public IEnumerable<string> Paths
    {
        get
        {
            var (open, close) = (Path.IndexOf('{'), Path.IndexOf('}'));
            return open < 0 ? [Path] : Path[(open + 1)..close].Split(',').Select(one => Path[..open] + one + Path[(close + 1)..]);
        }
    }

    /// <summary>As a line of <c>infra/docs/api-compatibility.md</c>.</summary>
    public string Line => $"| {Number} | {Method} | `{Path}` | {Section} | {Title} | {Note} |";
}

/// <summary>Every endpoint of the original, and how it stands.</summary>
internal static class RestApiRows
{
    public static readonly IReadOnlyList<RestApiRow> All =
    [
        new(1, "GET", "/", "4", Standing.There),
        new(2, "WS", "/", "21", Standing.NotHere, "nodes take their orders from the broker; an upgrade is answered 501. `/v1/install.sh` installs the agent"),
        new(3, "GET", "/code", "4", Standing.There, "the same page for everybody; the code stands in its address"),
        new(4, "GET", "/authenticate", "5.4", Standing.There, "an invitation or the provider says who it is, never a token; asked with PKCE"),
        new(5, "GET", "/cb", "5.5", Standing.There, "an address the provider calls unproven, or of a user with another id there, lets nobody in"),
        new(6, "POST", "/oauth2/token", "5.2", Standing.Gap, "reads JSON or a form and answers JSON, whatever is accepted; a code that nobody exchanged within 24 hours is a 404, as is a token expired for 30 days"),
        new(7, "POST", "/oauth2/authorize", "5.3", Standing.Gap, "invitations need no provider, and an e-mail address; codes are 32 hex digits; a master_admin is invited anew by a master_admin alone"),
        new(8, "GET", "/oauth2/tokens", "5.7", Standing.Gap, "a code shows as null: only its hash is kept"),
        new(9, "GET", "/oauth2/tokens/:token_or_id", "5.8", Standing.There),
        new(10, "DELETE", "/oauth2/tokens/:token_or_id", "5.8", Standing.There),
        new(11, "GET", "/v1/ping", "4", Standing.There, "503 instead of 500 when the store is away"),
        new(12, "POST", "/v1/auth", "4", Standing.There, "always 403, as in the original"),
        new(13, "GET", "/v1/user", "6", Standing.There),
        new(14, "GET", "/v1/users", "6", Standing.There, "the administrator, who is built in, comes first"),
        new(15, "DELETE", "/v1/users/:email", "6", Standing.There, "the administrator can't be removed"),
        new(16, "POST", "/v1/users/:email/roles", "6", Standing.There),
        new(17, "DELETE", "/v1/users/:email/roles/:role", "6", Standing.There),
        new(18, "GET", "/v1/config", "7", Standing.There, "nothing is set at the first start but `cloud.enabled` and `server.telemetry_enabled`, which are `false`"),
        new(19, "PATCH", "/v1/config", "7", Standing.There, "a value that is known to be wrong is a 422"),
        new(20, "PUT", "/v1/config", "7", Standing.There, "replaces, as it is documented there: what is not named goes, but for `server.uuid`"),
        new(21, "DELETE", "/v1/config", "7", Standing.There, "clears, as it is documented there, but for `server.uuid`"),
        new(22, "GET", "/v1/config/:key", "7", Standing.There, "a secret takes the vault"),
        new(23, "DELETE", "/v1/config/:key", "7", Standing.There),
        new(24, "GET", "/v1/audit_logs", "8", Standing.Gap, "refusals are written down too, as `event_status` `refused`, those at the door counted once a minute; that somebody inspected a container is not"),
        new(25, "GET", "/v1/grids", "9.2", Standing.There),
        new(26, "POST", "/v1/grids", "9.3", Standing.There),
        new(27, "GET", "/v1/grids/:grid", "9.4", Standing.There),
        new(28, "PUT", "/v1/grids/:grid", "9.5", Standing.There),
        new(29, "DELETE", "/v1/grids/:grid", "9.6", Standing.There),
        new(30, "GET", "/v1/grids/:grid/users", "9.7", Standing.There, "the administrator, who is built in, comes first"),
        new(31, "POST", "/v1/grids/:grid/users", "9.7", Standing.There),
        new(32, "DELETE", "/v1/grids/:grid/users/:email", "9.7", Standing.There),
        new(33, "GET", "/v1/grids/:grid/audit_log", "8", Standing.Gap, "refusals are written down too, as `event_status` `refused`, those at the door counted once a minute; that somebody inspected a container is not"),
        new(34, "GET", "/v1/grids/:grid/container_logs", "19", Standing.There),
        new(35, "GET", "/v1/grids/:grid/event_logs", "19", Standing.There, "each event has an `id`"),
        new(36, "GET", "/v1/grids/:grid/stats", "18", Standing.Gap, "all traffic counts as internal: a container has one interface"),
        new(37, "GET", "/v1/grids/:grid/stats/{containers,memory_usage,cpu_usage,filesystem_usage}", "9.8", Standing.There, "always empty, as in the original"),
        new(38, "GET", "/v1/grids/:grid/metrics", "18", Standing.Gap, "at most 24 hours at once; a time that is none is a 422; the internal interfaces are the grid's links between nodes, the external ones those of the default route"),
        new(39, "GET", "/v1/grids/:grid/nodes", "10", Standing.Gap, "`resource_usage` has no nice time and no container seconds: nothing measures them"),
        new(40, "POST", "/v1/grids/:grid/nodes", "10", Standing.There),
        new(41, "GET", "/v1/nodes/:grid/:node", "10", Standing.Gap, "`resource_usage` has no nice time and no container seconds: nothing measures them"),
        new(42, "PUT", "/v1/nodes/:grid/:node", "10", Standing.There),
        new(43, "DELETE", "/v1/nodes/:grid/:node", "10", Standing.There),
        new(44, "GET", "/v1/nodes/:grid/:node/token", "10", Standing.There),
        new(45, "PUT", "/v1/nodes/:grid/:node/token", "10", Standing.There),
        new(46, "DELETE", "/v1/nodes/:grid/:node/token", "10", Standing.There),
        new(47, "GET", "/v1/nodes/:grid/:node/health", "10.3", Standing.There, "`etcd_health` is null with an error that says there is no etcd; the original `kontena node health` therefore ends with 1"),
        new(48, "GET", "/v1/nodes/:grid/:node/stats", "18", Standing.Gap, "all traffic counts as internal: a container has one interface"),
        new(49, "GET", "/v1/nodes/:grid/:node/metrics", "18", Standing.Gap, "as of a grid"),
        new(50, "GET", "/v1/nodes/:engine_id", "10", Standing.There, "labels only, as in the original"),
        new(51, "PUT", "/v1/nodes/:engine_id", "10", Standing.There, "labels only, as in the original"),
        new(52, "GET", "/v1/grids/:grid/stacks", "11", Standing.There),
        new(53, "POST", "/v1/grids/:grid/stacks", "11", Standing.There),
        new(54, "GET", "/v1/stacks/:grid/:stack", "11", Standing.There, "404 says `Not found`"),
        new(55, "PUT", "/v1/stacks/:grid/:stack", "11", Standing.There),
        new(56, "PATCH", "/v1/stacks/:grid/:stack", "11", Standing.There),
        new(57, "DELETE", "/v1/stacks/:grid/:stack", "11", Standing.There),
        new(58, "POST", "/v1/stacks/:grid/:stack/deploy", "11.5", Standing.There),
        new(59, "POST", "/v1/stacks/:grid/:stack/stop", "11.4", Standing.There),
        new(60, "POST", "/v1/stacks/:grid/:stack/restart", "11.4", Standing.There),
        new(61, "GET", "/v1/stacks/:grid/:stack/deploys/:id", "11.5", Standing.There),
        new(62, "GET", "/v1/stacks/:grid/:stack/container_logs", "19", Standing.There),
        new(63, "GET", "/v1/stacks/:grid/:stack/event_logs", "19", Standing.There, "each event has an `id`; deploys are there too"),
        new(64, "GET", "/v1/grids/:grid/services", "12", Standing.There),
        new(65, "POST", "/v1/grids/:grid/services", "12", Standing.There),
        new(66, "GET", "/v1/services/:grid/:stack/:svc", "12", Standing.There),
        new(67, "PUT", "/v1/services/:grid/:stack/:svc", "12", Standing.There),
        new(68, "DELETE", "/v1/services/:grid/:stack/:svc", "12", Standing.There, "answers when it is gone, within 25 s; else 503, and asking again waits on"),
        new(69, "POST", "/v1/services/:grid/:stack/:svc/deploy", "12.5", Standing.There),
        new(70, "POST", "/v1/services/:grid/:stack/:svc/scale", "12.5", Standing.There),
        new(71, "POST", "/v1/services/:grid/:stack/:svc/start", "12.5", Standing.There),
        new(72, "POST", "/v1/services/:grid/:stack/:svc/stop", "12.5", Standing.There),
        new(73, "POST", "/v1/services/:grid/:stack/:svc/restart", "12.5", Standing.There),
        new(74, "POST", "/v1/services/:grid/:stack/:svc/envs", "12.2", Standing.There, "mistakes stand under `error`; a key that is there is replaced"),
        new(75, "DELETE", "/v1/services/:grid/:stack/:svc/envs/:key", "12.2", Standing.There),
        new(76, "GET", "/v1/services/:grid/:stack/:svc/deploys/:id", "12.6", Standing.There),
        new(77, "GET", "/v1/services/:grid/:stack/:svc/instances", "12.7", Standing.There),
        new(78, "GET", "/v1/services/:grid/:stack/:svc/instances/:id", "12.7", Standing.There),
        new(79, "DELETE", "/v1/services/:grid/:stack/:svc/instances/:id", "12.5", Standing.There),
        new(80, "GET", "/v1/services/:grid/:stack/:svc/containers", "12.2", Standing.There),
        new(81, "GET", "/v1/services/:grid/:stack/:svc/stats", "18", Standing.Gap, "all traffic counts as internal: a container has one interface"),
        new(82, "GET", "/v1/services/:grid/:stack/:svc/metrics", "18", Standing.Gap, "as of a grid, but all traffic counts as internal: a container has one interface"),
        new(83, "GET", "/v1/services/:grid/:stack/:svc/container_logs", "19", Standing.There),
        new(84, "GET", "/v1/services/:grid/:stack/:svc/event_logs", "19", Standing.There, "each event has an `id`"),
        new(85, "GET", "/v1/containers/:grid", "13.2", Standing.There),
        new(86, "GET", "/v1/containers/:grid/:node/:name", "13.3", Standing.There),
        new(87, "GET", "/v1/containers/:grid/:node/:name/top", "13.4", Standing.There, "within 10 s"),
        new(88, "GET", "/v1/containers/:grid/:node/:name/logs", "19", Standing.There),
        new(89, "GET", "/v1/containers/:grid/:node/:name/inspect", "13.5", Standing.There, "within 10 s; values of `Config.Env` that are not the service's, the image's or the platform's own read `***`"),
        new(90, "POST", "/v1/containers/:grid/:node/:name/exec", "13.6", Standing.There, "within 25 s"),
        new(91, "WS", "/v1/containers/:grid/:node/:name/exec", "13.7", Standing.There),
        new(92, "GET", "/v1/etcd/:grid/:key", "14", Standing.NotHere, "there is no etcd"),
        new(93, "POST", "/v1/etcd/:grid/:key", "14", Standing.NotHere, "there is no etcd"),
        new(94, "DELETE", "/v1/etcd/:grid/:key", "14", Standing.NotHere, "there is no etcd"),
        new(95, "GET", "/v1/grids/:grid/external_registries", "15", Standing.There),
        new(96, "POST", "/v1/grids/:grid/external_registries", "15", Standing.There, "a login at the same registry is replaced"),
        new(97, "GET", "/v1/external_registries/:grid/:name", "15", Standing.There),
        new(98, "DELETE", "/v1/external_registries/:grid/:name", "15", Standing.There),
        new(99, "GET", "/v1/grids/:grid/secrets", "16", Standing.There),
        new(100, "POST", "/v1/grids/:grid/secrets", "16", Standing.There),
        new(101, "PUT", "/v1/grids/:grid/secrets/:name", "16", Standing.There),
        new(102, "GET", "/v1/secrets/:grid/:name", "16", Standing.There),
        new(103, "PUT", "/v1/secrets/:grid/:name", "16", Standing.There),
        new(104, "DELETE", "/v1/secrets/:grid/:name", "16", Standing.There),
        new(105, "GET", "/v1/grids/:grid/certificates", "17.1", Standing.Stub, "no certificates are kept or requested"),
        new(106, "POST", "/v1/grids/:grid/certificates", "17.1", Standing.Stub, "no certificates are kept or requested"),
        new(107, "GET", "/v1/certificates/:grid/:subject", "17.1", Standing.Stub, "no certificates are kept or requested"),
        new(108, "GET", "/v1/certificates/:grid/:subject/export", "17.1", Standing.Stub, "no certificates are kept or requested"),
        new(109, "PUT", "/v1/certificates/:grid/:subject", "17.1", Standing.Stub, "no certificates are kept or requested"),
        new(110, "DELETE", "/v1/certificates/:grid/:subject", "17.1", Standing.Stub, "no certificates are kept or requested"),
        new(111, "POST", "/v1/certificates/:grid/register", "17.1", Standing.Stub, "no certificates are kept or requested"),
        new(112, "POST", "/v1/certificates/:grid/authorize", "17.1", Standing.Stub, "no certificates are kept or requested"),
        new(113, "POST", "/v1/certificates/:grid/certificate", "17.1", Standing.Stub, "no certificates are kept or requested"),
        new(114, "GET", "/v1/grids/:grid/domain_authorizations", "17.2", Standing.Stub, "no certificates are kept or requested"),
        new(115, "POST", "/v1/grids/:grid/domain_authorizations", "17.2", Standing.Stub, "no certificates are kept or requested"),
        new(116, "GET", "/v1/domain_authorizations/:grid/:domain", "17.2", Standing.Stub, "no certificates are kept or requested"),
        new(117, "DELETE", "/v1/domain_authorizations/:grid/:domain", "17.2", Standing.Stub, "no certificates are kept or requested"),
        new(118, "GET", "/v1/volumes/:grid", "20", Standing.There),
        new(119, "GET", "/v1/volumes/:grid/:volume", "20", Standing.There),
        new(120, "POST", "/v1/volumes/:grid", "20", Standing.There),
        new(121, "DELETE", "/v1/volumes/:grid/:volume", "20", Standing.There, "answers when it is gone, within 25 s; else 503, and asking again waits on"),
    ];
}
