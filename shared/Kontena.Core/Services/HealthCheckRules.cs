using Kontena.Contracts.Services;

namespace Kontena.Core.Services;

/// <summary>Health checks replace each other whole; port and protocol both null means none (rest-api.md §12.3).</summary>
internal static class HealthCheckRules
{
    private const int MaxSeconds = DurationText.MaxSeconds;

    public static HealthCheckSpec? Read(HealthCheckRequest check, FieldErrors errors)
    {
        if (check.Port is null && check.Protocol is null)
            return null;
        var protocol = check.Protocol?.Trim();
        if (protocol is null)
            errors.Reason("can't be nil", "health_check", "protocol");
        else if (protocol is not ("http" or "tcp"))
            errors.Reason("isn't an option", "health_check", "protocol");
        if (check.Port is null)
            errors.Reason("can't be nil", "health_check", "port");
        else
            Range(check.Port.Value, 1, 65535, "port", errors);

        var read = new HealthCheckSpec(
            protocol ?? "", check.Port ?? 0, check.Uri?.Trim() is { Length: > 0 } uri ? uri : "/", check.Timeout ?? 10, check.Interval ?? 60, check.InitialDelay ?? 10);
        Range(read.Timeout, 1, MaxSeconds, "timeout", errors);
        Range(read.Interval, 1, MaxSeconds, "interval", errors);
        Range(read.InitialDelay, 0, MaxSeconds, "initial_delay", errors);
        if (!read.Uri.StartsWith('/') || read.Uri.Any(c => char.IsControl(c) || c == ' '))
            errors.Reason("isn't in the right format", "health_check", "uri");
        if (read.Interval < read.Timeout)
            errors.Say("Interval has to be bigger than timeout", "health_check");
        return read;
    }

    private static void Range(int value, int least, int most, string field, FieldErrors errors)
    {
        if (value < least || value > most)
            errors.Reason(value < least ? "is too small" : "is too big", "health_check", field);
    }
}
