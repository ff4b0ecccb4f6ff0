using System.CommandLine;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Grids;

/// <summary>The options that grid create and update share (cli.md §13).</summary>
internal sealed class GridOptions(CommandBody body)
{
    private const int StatsdPort = 8125;
    private readonly Option<string[]> affinity = body.Many("--default-affinity", null, "A", "Affinity of services that name none (repeatable)");
    private readonly Option<string[]> trusted = body.Many("--trusted-subnet", null, "CIDR", "Network whose wires are trusted: no encryption between nodes in it (repeatable, replaces all)");
    private readonly Option<string?> driver = body.Text("--overlay-driver", null, "auto|wireguard|vxlan|direct", "How packets go from node to node (default: auto)");
    private readonly Option<string?> networks = body.Text("--stack-networks", null, "grid|private", "Who reaches the services of stacks that don't say: the grid, or their own stack alone (default: grid)");
    private readonly Option<string?> statsd = body.Text("--statsd-server", null, "HOST[:PORT]", $"Send stats there (default port: {StatsdPort})");
    private readonly Option<string?> forwarder = body.Text("--log-forwarder", null, "F", "Ship container logs: fluentd");
    private readonly Option<bool> noForwarder = body.Switch("--no-log-forwarder", null, "Ship no container logs");
    private readonly Option<string[]> logOpts = body.Many("--log-opt", null, "K=V", "Option of the log forwarder (repeatable)");

    public GridRequest Apply(CommandRun run, GridRequest request)
    {
        var opts = KeyValues.Of(run.Values(logOpts), "--log-opt");
        var ship = run.Value(forwarder);
        if (ship is not null && run.Value(noForwarder)) throw new UsageException("Use either --log-forwarder or --no-log-forwarder");
        if (opts.Count > 0 && ship is null) throw new CliException("Need to specify --log-forwarder when using --log-opt");
        if (run.Value(driver) is { } way && way is not ("auto" or "wireguard" or "vxlan" or "direct"))
            throw new UsageException($"option '--overlay-driver': invalid value '{way}', expected auto, wireguard, vxlan or direct");
        if (run.Value(networks) is { } reach && reach is not ("grid" or "private"))
            throw new UsageException($"option '--stack-networks': invalid value '{reach}', expected grid or private");
        return request with
        {
            TrustedSubnets = run.Given(trusted) ? run.Values(trusted) : request.TrustedSubnets,
            OverlayDriver = run.Value(driver),
            StackNetworks = run.Value(networks),
            DefaultAffinity = run.Given(affinity) ? run.Values(affinity) : request.DefaultAffinity,
            Stats = run.Value(statsd) is { } server ? new GridStatsRequest(Statsd(server)) : request.Stats,
            Logs = run.Value(noForwarder) ? new GridLogsRequest("none", null) : ship is not null ? new GridLogsRequest(ship, opts) : null,
        };
    }

    private static StatsdRequest Statsd(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0) return new StatsdRequest(text, StatsdPort);
        return int.TryParse(text[(colon + 1)..], out var port)
            ? new StatsdRequest(text[..colon], port)
            : throw new UsageException($"option '--statsd-server': invalid value '{text}', expected HOST or HOST:PORT");
    }
}
