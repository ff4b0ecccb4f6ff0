using System.CommandLine;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Services;

namespace Kontena.Cli.Commands.Services;

/// <summary>The options of one of a service's two checks. Given ones replace the check as a whole.</summary>
/// <param name="prefix"><c>--health-check</c> or <c>--readiness-check</c>.</param>
/// <param name="retries">How many failures the check allows when nothing is said, and what for.</param>
internal sealed class CheckOptions(CommandBody body, string prefix, string retries)
{
    private readonly Option<string?> port = body.Text($"{prefix}-port", null, "PORT", "Port to check; none removes the check");
    private readonly Option<string?> protocol = body.Text($"{prefix}-protocol", null, "P", "http or tcp; none removes the check");
    private readonly Option<string?> uri = body.Text($"{prefix}-uri", null, "URI", "Path to ask for (default: /)");
    private readonly Option<string?> timeout = body.Text($"{prefix}-timeout", null, "S", "Seconds to wait for an answer (default: 10)");
    private readonly Option<string?> interval = body.Text($"{prefix}-interval", null, "S", "Seconds between checks (default: 60)");
    private readonly Option<string?> delay = body.Text($"{prefix}-initial-delay", null, "S", "Seconds before the first check (default: 10)");
    private readonly Option<string?> failures = body.Text($"{prefix}-retries", null, "N", retries);
    private readonly Option<string?> threshold = body.Text($"{prefix}-success-threshold", null, "N", "Successes in a row before an instance is ready (default: 1)");

    /// <summary>Null when no option was given.</summary>
    public HealthCheckRequest? Read(CommandRun run)
    {
        Option<string?>[] all = [port, protocol, uri, timeout, interval, delay, failures, threshold];
        if (!all.Any(run.Given)) return null;
        return new HealthCheckRequest
        {
            Port = run.Value(port) == "none" ? null : run.Integer(port, 1),
            Protocol = run.Value(protocol) is { } given and not "none" ? given : null,
            Uri = run.Value(uri),
            Timeout = run.Integer(timeout),
            Interval = run.Integer(interval),
            InitialDelay = run.Integer(delay),
            Retries = run.Integer(failures, 1),
            SuccessThreshold = run.Integer(threshold, 1),
        };
    }
}
