using Kontena.Core.Services;
using System.CommandLine;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Services;

namespace Kontena.Cli.Commands.Services;

/// <summary>The options that service create and update share (cli.md §9.2). What is not given stays null, which means "not given" to the API.</summary>
internal sealed class ServiceOptions(CommandBody body)
{
    private readonly Option<string[]> ports = body.Many("--ports", "-p", "PORT", "Publish a port: [ip:]node:container[/proto] (repeatable)");
    private readonly Option<string[]> env = body.Many("--env", "-e", "K=V", "Set an environment variable (repeatable)");
    private readonly Option<string[]> links = body.Many("--link", "-l", "LINK", "Link to name[:alias] or stack/service[:alias] (repeatable)");
    private readonly Option<string[]> affinity = body.Many("--affinity", "-a", "A", "Where instances may run, e.g. label==ssd (repeatable)");
    private readonly Option<string?> cpus = body.Text("--cpus", null, "N", "CPUs an instance may use, e.g. 0.5");
    private readonly Option<string?> cpuShares = body.Text("--cpu-shares", "-c", "N", "Relative CPU weight, 0 to 1024");
    private readonly Option<string?> memory = body.Text("--memory", "-m", "SIZE", "Memory limit, e.g. 256m");
    private readonly Option<string?> memorySwap = body.Text("--memory-swap", null, "SIZE", "Memory and swap together; -1 is no limit");
    private readonly Option<string?> shmSize = body.Text("--shm-size", null, "SIZE", "Size of /dev/shm");
    private readonly Option<string?> cmd = body.Text("--cmd", null, "TEXT", "The command to run in the container");
    private readonly Option<string?> instances = body.Text("--instances", null, "N", "How many instances");
    private readonly Option<string?> user = body.Text("--user", "-u", "USER", "User to run as");
    private readonly Option<bool> privileged = body.Switch("--privileged", null, "Give the containers extended privileges");
    private readonly Option<string[]> capAdd = body.Many("--cap-add", null, "CAP", "Add a capability (repeatable)");
    private readonly Option<string[]> capDrop = body.Many("--cap-drop", null, "CAP", "Drop a capability (repeatable)");
    private readonly Option<string?> net = body.Text("--net", null, "MODE", "bridge or host");
    private readonly Option<string?> pid = body.Text("--pid", null, "MODE", "host");
    private readonly Option<string?> logDriver = body.Text("--log-driver", null, "DRIVER", "The engine's log driver");
    private readonly Option<string[]> logOpts = body.Many("--log-opt", null, "K=V", "Option of the log driver (repeatable)");
    private readonly Option<string?> strategy = body.Text("--deploy-strategy", null, "NAME", "ha, daemon, random or binpack");
    private readonly Option<string?> waitForPort = body.Text("--deploy-wait-for-port", null, "PORT", "An instance is ready when this port accepts");
    private readonly Option<string?> minHealth = body.Text("--deploy-min-health", null, "F", "Share of instances that stay up while deploying, 0.0 to 1.0");
    private readonly Option<string?> stopAfterDisconnect = body.Text(
        "--deploy-stop-after-disconnect", null, "TIME", "Stop instances of a stateful service on a node that hears nothing for this time, e.g. 60s");
    private readonly Option<string?> interval = body.Text("--deploy-interval", null, "TIME", "Deploy again after this time, e.g. 5min, 2h, 7d");
    private readonly Option<string?> parallelism = body.Text("--deploy-parallelism", null, "N", "Instances that a deploy has under way at once, at most");
    private readonly Option<string?> perNode = body.Text("--deploy-parallelism-per-node", null, "N", "Of these on one node, at most");
    private readonly Option<string?> order = body.Text(
        "--deploy-order", null, "ORDER", "stop-first, or start-first: the new container is ready before the old one is stopped (default: stop-first)");
    private readonly Option<string?> onFailure = body.Text("--deploy-on-failure", null, "WHAT", "When an instance fails: stop, continue or rollback (default: stop)");
    private readonly Option<string?> spread = body.Text("--spread", null, "KEY", "Spread evenly over the values of this label, e.g. rack (default with ha: az)");
    private readonly Option<string?> maxPerNode = body.Text("--max-per-node", null, "N", "Most instances on one node");
    private readonly Option<string?> cpuReservation = body.Text("--cpu-reservation", null, "N", "CPUs kept free for each instance on its node, e.g. 0.25");
    private readonly Option<string?> memoryReservation = body.Text("--memory-reservation", null, "SIZE", "Memory kept free for each instance on its node, e.g. 128m");
    private readonly ScheduleOptions schedule = new(body);
    private readonly Option<string[]> secrets = body.Many("--secret", null, "S:NAME:TYPE", "Secret of the vault as a variable, or with type file in /run/secrets (repeatable)");
    private readonly CheckOptions health = new(body, "--health-check", "Failures in a row before an instance is restarted (default: the node's setting, 3)");
    private readonly CheckOptions readiness = new(body, "--readiness-check", "Failures in a row before an instance is taken for not ready (default: 1)");
    private readonly Option<string?> stopSignal = body.Text("--stop-signal", null, "SIGNAL", "Signal that stops the container");
    private readonly Option<string?> stopTimeout = body.Text("--stop-timeout", null, "TIME", "Grace before it is killed, e.g. 1m23s");

    public ServiceRequest Apply(CommandRun run, ServiceRequest request) => request with
    {
        Ports = Given(run, ports)?.Select(ServiceTexts.Port).ToList(),
        Env = Given(run, env),
        Links = Given(run, links)?.Select(ServiceTexts.Link).ToList(),
        Affinity = Given(run, affinity),
        Cpus = run.Decimal(cpus),
        CpuShares = run.Integer(cpuShares),
        Memory = run.Bytes(memory),
        MemorySwap = run.Bytes(memorySwap),
        ShmSize = run.Bytes(shmSize),
        Cmd = run.Value(cmd) is { } line ? ShellWords.Split(line) ?? throw new CliException($"A quote is not closed in: {line}") : null,
        ContainerCount = run.Integer(instances),
        User = run.Value(user),
        Privileged = run.Given(privileged) ? true : request.Privileged,
        CapAdd = Given(run, capAdd),
        CapDrop = Given(run, capDrop),
        Net = run.Value(net),
        Pid = run.Value(pid),
        LogDriver = run.Value(logDriver),
        LogOpts = Given(run, logOpts) is { } options ? KeyValues.Of(options, "--log-opt") : null,
        Strategy = run.Value(strategy),
        DeployOpts = DeployOpts(run),
        Secrets = Given(run, secrets)?.Select(ServiceTexts.Secret).ToList() ?? request.Secrets,
        HealthCheck = health.Read(run),
        ReadinessCheck = readiness.Read(run),
        StopSignal = run.Value(stopSignal),
        StopGracePeriod = run.Value(stopTimeout),
    };

    private DeployOptsRequest? DeployOpts(CommandRun run)
    {
        Option<string?>[] all = [waitForPort, minHealth, stopAfterDisconnect, interval, parallelism, perNode, order, onFailure, spread, maxPerNode, cpuReservation, memoryReservation];
        var scheduled = schedule.Read(run);
        if (scheduled is null && !all.Any(run.Given)) return null;
        int? seconds = run.Value(interval) is { } text
            ? Durations.Seconds(text) ?? throw new UsageException($"option '--deploy-interval': invalid value '{text}', expected a time such as 5min, 2h or 7d")
            : null;
        int? lease = run.Value(stopAfterDisconnect) is { } span
            ? Durations.Seconds(span) ?? throw new UsageException($"option '--deploy-stop-after-disconnect': invalid value '{span}', expected a time such as 60s or 5min")
            : null;
        return (scheduled ?? new DeployOptsRequest()) with
        {
            WaitForPort = run.Integer(waitForPort, 1),
            MinHealth = run.Decimal(minHealth),
            Interval = seconds,
            Parallelism = run.Integer(parallelism, 1),
            ParallelismPerNode = run.Integer(perNode, 1),
            Order = run.Value(order),
            OnFailure = run.Value(onFailure),
            Spread = run.Value(spread),
            MaxPerNode = run.Integer(maxPerNode, 1),
            Reservations = run.Given(cpuReservation) || run.Given(memoryReservation)
                ? new ReservationsRequest(run.Decimal(cpuReservation), run.Bytes(memoryReservation))
                : null,
            StopAfterDisconnect = lease,
        };
    }

    private static string[]? Given(CommandRun run, Option<string[]> option) => run.Given(option) ? run.Values(option) : null;
}
