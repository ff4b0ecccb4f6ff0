using Kontena.Bench;
using Kontena.Docker;

// infra/bench starts the platform and passes what is needed by environment; see infra/docs/performance.md.
var name = args.FirstOrDefault() ?? "";
if (name == "load")
{
    await new Load(new Uri(args[1]), TimeProvider.System).RunAsync();
    return 0;
}

if (name is "api-server" or "floor-server")
{
    await (name == "api-server" ? ApiServer.RunAsync(args[1], TimeProvider.System) : FloorServer.RunAsync());
    return 0;
}

var output = Setting("BENCH_OUTPUT");
var runs = int.Parse(Environment.GetEnvironmentVariable("BENCH_RUNS") ?? "5");
if (name == "placement")
{
    var placed = new PlacementBench(runs).Run();
    Report.Print($"{name}, medians of {runs}; peer: SwarmKit's scheduler as measured on another machine of two cores", placed);
    Report.Write(output, placed);
    return 0;
}

if (name == "lab")
{
    const int Machines = 3;
    var lab = Setting("KONTENA_LAB");
    var hosts = new LabHosts(lab, Machines, Setting("BENCH_SWITCH"), TimeProvider.System);
    SwarmClient[] swarms = [.. Enumerable.Range(1, Machines).Select(host => new SwarmClient(hosts.SocketOf(host)))];
    using var grid = new PlatformClient(new Uri(Setting("BENCH_URL")), Setting("BENCH_TOKEN"), "default");
    var filter = Environment.GetEnvironmentVariable("BENCH_ROWS") ?? "";
    var measured = await new LabBench(hosts, grid, swarms, Setting("BENCH_NET"), filter, runs, TimeProvider.System).RunAsync(CancellationToken.None);
    if ("drain of a host".Contains(filter, StringComparison.Ordinal))
        measured = [.. measured, await new DrainBench(hosts, grid, Setting("BENCH_WEB_IMAGE"), Setting("BENCH_IMAGE"), TimeProvider.System).RunAsync(CancellationToken.None)];
    Report.Print($"{name}, three hosts, medians of {runs}; peer: Docker Swarm over the same engines", measured);
    Report.Write(output, measured);
    return 0;
}

if (name == "freshness")
{
    var lab = Setting("KONTENA_LAB");
    var machines = int.Parse(Setting("BENCH_HOSTS"));
    var hosts = new LabHosts(lab, machines, Setting("BENCH_SWITCH"), TimeProvider.System);
    using var grid = new PlatformClient(new Uri(Setting("BENCH_URL")), Setting("BENCH_TOKEN"), "default");
    var fresh = await new FreshnessBench(hosts, lab, grid, int.Parse(Setting("BENCH_CHANGES")), runs, TimeProvider.System).RunAsync(CancellationToken.None);
    FreshnessRow.Print($"{name}, {machines} hosts: from what happened to the last answer that was wrong", fresh);
    Report.Write(output, FreshnessRow.ToRows(fresh));
    return 0;
}

if (name == "names")
{
    using var names = new NamesBench(runs);
    var answered = names.Run();
    Report.Print($"{name}, medians of {runs}; floor: a server that sends as much back without looking", answered);
    Report.Write(output, answered);
    return 0;
}

if (name == "api")
{
    var asked = await new ApiBench(runs, TimeProvider.System).RunAsync(CancellationToken.None);
    Report.Print($"{name}, medians of {runs}; floor: the same framework serving as many bytes without looking; of POST a commit to the store; of memory before", asked);
    Report.Write(output, asked);
    return 0;
}

if (name == "step")
{
    var steps = new StepBench(runs).Run();
    Report.Print($"{name}, medians of {runs}", steps);
    Report.Write(output, steps);
    return 0;
}

var docker = Setting("DOCKER_HOST");
var image = Setting("BENCH_IMAGE");
int[] sizes = [.. (Environment.GetEnvironmentVariable("BENCH_SIZES") ?? (name == "footprint" ? "0,50" : "1,10,50,100")).Split(',').Select(int.Parse)];
using var platform = new PlatformClient(new Uri(Setting("BENCH_URL")), Setting("BENCH_TOKEN"), "default");
var time = TimeProvider.System;

IReadOnlyList<Row> rows;
switch (name)
{
    case "deploy":
        var engine = new DockerEngineClient(EngineAddress.Parse(docker), time);
        using (var swarm = new SwarmClient(docker["unix://".Length..]))
            rows = await new DeployBench(engine, platform, swarm, image, runs, time).RunAsync(sizes, CancellationToken.None);
        break;
    case "footprint":
        int[] processes = [.. Setting("BENCH_PIDS").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        // First, while the machine rests: the last containers of the benchmark are still being removed at its end.
        var version = await FootprintBench.CommandAsync(11, Setting("BENCH_CLI"), "version");
        var dockerVersion = await FootprintBench.CommandAsync(11, "docker", "--version");
        var resting = await new FootprintBench(processes, platform, image, runs, time).RunAsync(sizes, CancellationToken.None);
        rows =
        [
            .. resting,
            new Row("start to ready", "s", Row.Median(Setting("BENCH_START_SECONDS").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(double.Parse)), null, null),
            new Row("kontena version", "ms", version, null, dockerVersion),
        ];
        break;
    case "zerodown":
        rows = await new ZeroDownBench(new DockerEngineClient(EngineAddress.Parse(docker), time), platform, Setting("BENCH_WEB_IMAGE"), image, time)
            .RunAsync(CancellationToken.None);
        break;
    default:
        Console.Error.WriteLine($"unknown benchmark '{name}': api, deploy, footprint, freshness, names, placement, step, zerodown or lab");
        return 2;
}

Report.Print($"{name}, {Setting("BENCH_FORM")} form, medians of {runs}", rows);
Report.Write(output, rows);
return 0;

static string Setting(string name) =>
    Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set; run infra/bench");
