using Kontena.Contracts.Services;

namespace Kontena.StackFiles.Services;

/// <summary><c>health_check</c> (stack-file.md §8.6) and <c>readiness_check</c>, which has the same keys.</summary>
internal static class HealthCheckReader
{
    private const string Health = "health_check";

    public static HealthCheckRequest? Read(Values values, string key)
    {
        var check = values.Mapping(key, "protocol", "port", "uri", "timeout", "interval", "initial_delay", "retries", "success_threshold");
        if (check is null)
            return null;
        var protocol = check.Text("protocol");
        var isNone = protocol == "none" && key == Health;
        if (!isNone && protocol is not ("http" or "tcp"))
        {
            check.Remarks.Error(
                check.Map["protocol"]?.Place ?? check.Place, check.Path("protocol"),
                key == Health ? "is needed: http or tcp, or none to pass over the image's own HEALTHCHECK" : "is needed: http or tcp");
        }

        var port = check.Integer("port");
        if (!isNone && (check.Map["port"] is null || port is < 1 or > 65535))
            check.Remarks.Error(check.Map["port"]?.Place ?? check.Place, check.Path("port"), "is needed: a port from 1 to 65535");
        if (isNone && check.Map["port"] is { } needless)
            check.Error(needless, "port", "has no meaning with protocol none");
        var uri = check.Text("uri");
        if (uri?.Contains('/', StringComparison.Ordinal) == false)
            check.Error(check.Map["uri"]!, "uri", $"expected a path such as /health, found '{uri}'");
        return new HealthCheckRequest
        {
            Protocol = protocol,
            Port = port,
            Uri = uri,
            Timeout = check.Integer("timeout"),
            Interval = check.Integer("interval"),
            InitialDelay = check.Integer("initial_delay"),
            Retries = Count(check, "retries"),
            SuccessThreshold = Count(check, "success_threshold"),
        };
    }

    private static int? Count(Values check, string key)
    {
        var count = check.Integer(key);
        if (count is < 1 or > 100)
            check.Error(check.Map[key]!, key, $"expected a number from 1 to 100, found {count}");
        return count;
    }
}
