using Kontena.Contracts.Services;

namespace Kontena.Core.Services;

/// <summary>Health and readiness checks replace each other whole; port and protocol both null means none (rest-api.md §12.3).</summary>
internal static class HealthCheckRules
{
    private const int MaxSeconds = DurationText.MaxSeconds;
    private const int MaxInARow = 100;

    /// <summary>As a health check's protocol: no check, and the image's own doesn't count either.</summary>
    private const string None = "none";

    /// <summary>Whether the request asks that nothing be checked, whatever the image says.</summary>
    public static bool SaysNone(HealthCheckRequest check) => check.Protocol?.Trim() == None;

    /// <param name="field"><c>health_check</c> or <c>readiness_check</c>.</param>
    public static HealthCheckSpec? Read(HealthCheckRequest check, string field, FieldErrors errors)
    {
        if (check.Port is null && check.Protocol is null)
            return null;
        var protocol = check.Protocol?.Trim();
        if (protocol == None)
        {
            if (check.Port is not null)
                errors.Say("Port has no meaning with protocol none", field, "port");
            return null;
        }

        if (protocol is null)
            errors.Reason("can't be nil", field, "protocol");
        else if (protocol is not ("http" or "tcp"))
            errors.Reason("isn't an option", field, "protocol");
        if (check.Port is null)
            errors.Reason("can't be nil", field, "port");
        else
            Range(check.Port.Value, 1, 65535, field, "port", errors);

        var read = new HealthCheckSpec(
            protocol ?? "", check.Port ?? 0, check.Uri?.Trim() is { Length: > 0 } uri ? uri : "/", check.Timeout ?? 10, check.Interval ?? 60, check.InitialDelay ?? 10)
        {
            Retries = check.Retries,
            SuccessThreshold = check.SuccessThreshold ?? 1,
        };
        Range(read.Timeout, 1, MaxSeconds, field, "timeout", errors);
        Range(read.Interval, 1, MaxSeconds, field, "interval", errors);
        Range(read.InitialDelay, 0, MaxSeconds, field, "initial_delay", errors);
        Range(read.Retries ?? 1, 1, MaxInARow, field, "retries", errors);
        Range(read.SuccessThreshold, 1, MaxInARow, field, "success_threshold", errors);
        if (!read.Uri.StartsWith('/') || read.Uri.Any(c => char.IsControl(c) || c == ' '))
            errors.Reason("isn't in the right format", field, "uri");
        if (read.Interval < read.Timeout)
            errors.Say("Interval has to be bigger than timeout", field);
        return read;
    }

    private static void Range(int value, int least, int most, string check, string field, FieldErrors errors)
    {
        if (value < least || value > most)
            errors.Reason(value < least ? "is too small" : "is too big", check, field);
    }
}
