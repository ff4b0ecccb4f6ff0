using Kontena.Contracts.Services;
using Kontena.Core.Schedules;
using Kontena.Core.Services;
using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Services;

/// <summary>One service of the file, complete with all it extends, as the API takes it. Reports everything that is wrong with it.</summary>
internal static class ServiceReader
{
    private static readonly string[] OnFailure = ["stop", "continue", "rollback"];
    private static readonly string[] Orders = ["stop-first", "start-first"];
    private static readonly string[] NetworkModes = ["bridge", "host"];

    public static ServiceRequest Read(string name, YamlMap service, string path, StackForm form, IReadOnlyCollection<string>? volumes, Remarks remarks)
    {
        var values = new Values(service, path, remarks);
        CheckKeys(service, path, form, remarks);
        var deploy = values.Mapping("deploy", "strategy", "wait_for_port", "min_health", "interval", "stop_after_disconnect", "parallelism", "parallelism_per_node", "order", "on_failure", "spread", "max_per_node", "reservations",
            "schedule", "time_zone", "concurrency", "history", "starting_deadline");
        var reservations = deploy?.Mapping("reservations", "cpus", "memory");
        var logging = values.Mapping("logging", "driver", "options");
        var image = values.Text("image");
        if (string.IsNullOrWhiteSpace(image))
            remarks.Error(service.Place, $"{path}.image", "is missing: every service needs an image, also one that is built");

        return new ServiceRequest
        {
            Name = name,
            Image = string.IsNullOrWhiteSpace(image) ? null : ImageName.WithTag(image),
            Stateful = values.Boolean("stateful") ?? false,
            Instances = Instances(values),
            Strategy = Choice(deploy, "strategy", [.. PlacementRules.Strategies]),
            User = values.TextOrNumber("user"),
            Entrypoint = values.Text("entrypoint"),
            Cmd = Command(values),
            Env = EnvironmentReader.Read(values),
            Secrets = SecretsReader.Secrets(values),
            Certificates = SecretsReader.Certificates(values),
            Ports = Ports(values),
            Links = LinksReader.Links(values),
            ExternalLinks = LinksReader.External(values),
            DependsOn = LinksReader.Dependencies(values),
            Volumes = VolumesReader.Read(values, volumes),
            VolumesFrom = values.Texts("volumes_from") ?? [],
            Affinity = Affinity(values),
            Memory = values.Memory("mem_limit"),
            MemorySwap = values.Memory("memswap_limit") ?? values.Memory("mem_swaplimit"),
            ShmSize = values.Memory("shm_size"),
            Cpus = values.Number("cpus"),
            CpuShares = values.Integer("cpu_shares"),
            Privileged = values.Boolean("privileged"),
            ReadOnly = values.Boolean("read_only") ?? false,
            CapAdd = values.Texts("cap_add"),
            CapDrop = values.Texts("cap_drop"),
            Net = Choice(values, "network_mode", NetworkModes) ?? (form == StackForm.Stack ? null : Choice(values, "net", NetworkModes)),
            Pid = values.Text("pid"),
            LogDriver = logging?.Text("driver") ?? (form == StackForm.Stack ? null : values.Text("log_driver")),
            LogOpts = LogOptions(logging, "options") ?? (form == StackForm.Stack ? null : LogOptions(values, "log_opt") ?? LogOptions(values, "log_opts")),
            DeployOpts = new DeployOptsRequest
            {
                WaitForPort = deploy?.Integer("wait_for_port"),
                MinHealth = deploy?.Number("min_health"),
                Interval = Interval(deploy),
                Parallelism = deploy?.Integer("parallelism"),
                ParallelismPerNode = deploy?.Integer("parallelism_per_node"),
                Order = Choice(deploy, "order", Orders),
                OnFailure = Choice(deploy, "on_failure", OnFailure),
                Spread = Spread(deploy),
                MaxPerNode = deploy?.Integer("max_per_node"),
                Reservations = reservations is null ? null : new ReservationsRequest(reservations.Number("cpus"), reservations.Memory("memory")),
                StopAfterDisconnect = Duration(deploy, "stop_after_disconnect"),
                Schedule = Schedule(deploy),
                TimeZone = deploy?.Text("time_zone"),
                Concurrency = Choice(deploy, "concurrency", [.. ScheduleRules.Concurrencies]),
                History = deploy?.Integer("history"),
                StartingDeadline = Duration(deploy, "starting_deadline"),
            },
            Hooks = HooksReader.Read(values),
            HealthCheck = HealthCheckReader.Read(values, "health_check"),
            ReadinessCheck = HealthCheckReader.Read(values, "readiness_check"),
            StopSignal = values.Text("stop_signal"),
            StopGracePeriod = GracePeriod(values),
        };
    }

    private static void CheckKeys(YamlMap service, string path, StackForm form, Remarks remarks)
    {
        IEnumerable<string> known = form == StackForm.Stack ? ServiceKeys.Known : [.. ServiceKeys.Known, .. ServiceKeys.Older];
        foreach (var entry in service.Entries)
        {
            var at = $"{path}.{entry.Key}";
            if (known.Contains(entry.Key) || entry.Key.StartsWith("x-", StringComparison.Ordinal))
                continue;
            if (form != StackForm.Stack && ServiceKeys.ComposeOnly.Contains(entry.Key))
                remarks.Notice(entry.KeyPlace, at, "is a key of docker-compose that Kontena does not have; it is left out");
            else
                remarks.Error(entry.KeyPlace, at, $"is not a known key{Closest.Hint(entry.Key, known) switch { "" => "; take it out, or check its spelling", var hint => hint }}");
        }
    }

    private static int? Instances(Values values)
    {
        var instances = values.Integer("instances");
        if (instances < 1)
            values.Error(values.Map["instances"]!, "instances", $"expected 1 or more, found {instances}");
        return instances;
    }

    private static string? Choice(Values? values, string key, string[] choices)
    {
        var text = values?.Text(key);
        if (text is not null && !choices.Contains(text))
            values!.Error(values.Map[key]!, key, $"'{text}' is not one of {string.Join(", ", choices)}{Closest.Hint(text, choices)}");
        return text;
    }

    private static IReadOnlyList<string>? Command(Values values)
    {
        if (values.Text("command") is not { } text)
            return null;
        var words = ShellWords.Split(text);
        if (words is null)
            values.Error(values.Map["command"]!, "command", "a quote is not closed");
        return words;
    }

    private static List<PortRequest> Ports(Values values)
    {
        var ports = new List<PortRequest>();
        var items = values.List("ports") ?? [];
        for (var index = 0; index < items.Count; index++)
        {
            var reason = $"expected text of the form [ip:]node_port:container_port[/protocol], found {items[index].Kind}";
            if (items[index] is YamlScalar scalar && PortText.Parse(scalar.Text, out reason) is { } port)
                ports.Add(port);
            else
                values.Error(items[index], $"ports[{index}]", reason);
        }

        return ports;
    }

    private static IReadOnlyList<string> Affinity(Values values)
    {
        var rules = values.Texts("affinity") ?? [];
        var wrong = rules.Where(rule => !rule.Contains("==", StringComparison.Ordinal) && !rule.Contains("!=", StringComparison.Ordinal)).ToList();
        if (wrong.Count > 0)
        {
            values.Error(values.Map["affinity"]!, "affinity",
                $"contains invalid formats: {string.Join(", ", wrong)}; a rule looks like label==az=1a, node!=web-1 or service!=~db");
        }

        return rules;
    }

    private static Dictionary<string, string>? LogOptions(Values? values, string key)
    {
        if (values?.Map[key] is not { } node)
            return null;
        if (node is YamlMap map && map.Entries.All(entry => entry.Value is YamlScalar))
            return map.Entries.ToDictionary(entry => entry.Key, entry => ((YamlScalar)entry.Value).Text);
        values.Error(node, key, $"expected a mapping of option names to values, found {node.Kind}");
        return null;
    }

    private static string? Spread(Values? deploy)
    {
        var key = deploy?.Text("spread");
        if (key is not null && !PlacementRules.IsLabelKey(key))
            deploy!.Error(deploy.Map["spread"]!, "spread", $"expected the key of a label, such as az or rack, found '{key}'");
        return key;
    }

    private static int? Interval(Values? deploy)
    {
        if (deploy?.Map["interval"] is not { } node)
            return null;
        if (node is YamlScalar scalar && IntervalText.Seconds(scalar.Text) is { } seconds)
            return seconds == 0 ? null : seconds;
        deploy.Error(node, "interval", $"expected a number of seconds, or a number with min, h or d (10min, 2h, 7d), found {Values.Describe(node)}");
        return null;
    }

    private static string? Schedule(Values? deploy)
    {
        var cron = deploy?.Text("schedule");
        if (cron is not null && !CronSchedule.TryParse(cron, out _, out var mistake))
            deploy!.Error(deploy.Map["schedule"]!, "schedule", mistake);
        return cron;
    }

    private static int? Duration(Values? deploy, string key)
    {
        if (deploy?.Map[key] is not { } node)
            return null;
        if (node is YamlScalar scalar && ((int.TryParse(scalar.Text, out var seconds) && seconds > 0) || DurationText.TryParse(scalar.Text, out seconds)))
            return seconds;
        deploy.Error(node, key, $"expected a duration such as 60s or 1m30s, found {Values.Describe(node)}");
        return null;
    }

    private static string? GracePeriod(Values values)
    {
        if (values.Map["stop_grace_period"] is not { } node)
            return null;
        if (node is YamlScalar scalar && DurationText.TryParse(scalar.Text, out _))
            return scalar.Text;
        values.Error(node, "stop_grace_period", $"expected a duration such as 23s or 1m30s, found {Values.Describe(node)}");
        return null;
    }
}
