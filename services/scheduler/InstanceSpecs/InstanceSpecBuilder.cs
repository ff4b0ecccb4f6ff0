using Kontena.Core.Services;
using System.Globalization;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Contracts.Volumes;
using Kontena.Core.Names;

namespace Kontena.Scheduler.InstanceSpecs;

/// <summary>Turns a service into what one of its instances needs on a node: names, environment, labels, mounts (runtime.md §3.7–3.9,
/// §3.14).</summary>
internal static class InstanceSpecBuilder
{
    private const string HostNet = "host";
    private const string ContainerNet = "container:";

    /// <param name="stack">The service's stack document; null for services without one.</param>
    /// <param name="balancer">The first linked load balancer, if any.</param>
    /// <param name="neighbours">Names of the containers placed on the node, to which <c>volumes_from</c> and <c>net</c> may refer by a
    /// short name.</param>
    /// <param name="volumes">The grid's volumes by name.</param>
    /// <param name="networks">What the grid says for stacks that don't say (<see cref="StackNetworks"/>).</param>
    public static InstanceSpec Build(
        Service service,
        Stack? stack,
        Node node,
        int number,
        string deployRev,
        Service? balancer = null,
        IReadOnlyCollection<string>? neighbours = null,
        Func<string, Volume?>? volumes = null,
        string? networks = null)
    {
        var spec = service.Spec;
        var exposed = stack?.Latest.Expose is { } expose && expose == service.Name;
        var ofPrivateStack = stack is not null && (stack.Latest.Networks ?? networks) == StackNetworks.Private;
        var isHostNet = spec.Net == HostNet;
        var hasOwnNet = !isHostNet && !spec.Net.StartsWith(ContainerNet, StringComparison.Ordinal);
        return new InstanceSpec
        {
            Name = InstanceNames.Container(service.Stack, service.Name, number),
            Grid = service.Grid,
            Stack = service.Stack,
            Service = service.Name,
            ServiceUid = service.Uid,
            Number = number,
            Image = spec.Image,
            ServiceRevision = service.Revision,
            DeployRev = deployRev,
            Stateful = spec.Stateful,
            User = spec.User,
            Entrypoint = string.IsNullOrWhiteSpace(spec.Entrypoint) ? null : ShellWords.Split(spec.Entrypoint) ?? [spec.Entrypoint],
            Cmd = spec.Cmd is { Count: > 0 } ? spec.Cmd : null,
            Env = Environment(service, node, number),
            Secrets = [.. spec.Secrets.Select(use => new InstanceSecret(use.Secret, use.Name, use.Type))],
            Ports = spec.Ports,
            Volumes = [.. spec.Volumes.Select(entry => Mount(VolumeSpec.Read(entry), volumes, service, node, number))],
            VolumesFrom = [.. spec.VolumesFrom.Select(entry => Resolve(ForNumber(entry, number), service.Stack, neighbours))],
            Memory = spec.Memory,
            MemorySwap = spec.MemorySwap,
            ShmSize = spec.ShmSize,
            Cpus = spec.Cpus,
            CpuShares = spec.CpuShares,
            Privileged = spec.Privileged,
            ReadOnly = spec.ReadOnly,
            CapAdd = spec.CapAdd,
            CapDrop = spec.CapDrop,
            Devices = spec.Devices,
            Net = ResolveNet(ForNumber(spec.Net, number), service.Stack, neighbours),
            Pid = spec.Pid,
            Hostname = hasOwnNet ? $"{service.Name}-{number}" : null,
            Domainname = hasOwnNet ? DomainNames.OfStack(service.Grid, service.Stack) : null,
            DnsSearch = isHostNet ? [] : DomainNames.Search(service.Grid, service.Stack),
            DnsNames = DomainNames.OfInstance(service.Grid, service.Stack, service.Name, number, exposed),
            LinkAliases = [.. spec.Links.Select(link => new LinkAlias(link.Alias, link.Stack, link.Service))],
            Private = ofPrivateStack && !exposed,
            OfPrivateStack = ofPrivateStack,
            Labels = Labels(service, number, deployRev, exposed, balancer),
            LogDriver = spec.LogDriver,
            LogOpts = spec.LogOpts,
            Hooks = [.. spec.Hooks.Where(hook => AppliesTo(hook, number))],
            HealthCheck = spec.HealthCheck,
            ReadinessCheck = spec.ReadinessCheck,
            IgnoreImageHealthCheck = spec.IgnoreImageHealthCheck,
            StopSignal = spec.StopSignal,
            StopGracePeriod = spec.StopGracePeriod,
            WaitForPort = spec.WaitForPort,
            ReplaceOrder = spec.DeployOrder is null ? null : InstanceSpec.StartFirst,
            Lease = spec.Stateful ? spec.StopAfterDisconnect : null,
        };
    }

    /// <summary>An image of Kontena's load balancer, or a service that says it is one (runtime.md §4.1).</summary>
    public static bool IsLoadBalancer(Service service) =>
        service.Spec.Image.Contains("kontena/lb", StringComparison.Ordinal)
        || service.Spec.Env.Contains("KONTENA_SERVICE_ROLE=lb", StringComparer.Ordinal);

    private static VolumeMount Mount(VolumeSpec entry, Func<string, Volume?>? volumes, Service service, Node node, int number) =>
        entry.ToMount(entry.Name is { } name ? volumes?.Invoke(name) : null, node, service.Stack, service.Name, number);

    // Ours come last: of two entries with one name the later wins, and these must tell the truth.
    private static List<string> Environment(Service service, Node node, int number) =>
    [
        .. service.Spec.Env,
        $"KONTENA_SERVICE_ID={service.Uid}",
        $"KONTENA_SERVICE_NAME={service.Name}",
        $"KONTENA_GRID_NAME={service.Grid}",
        $"KONTENA_PLATFORM_NAME={service.Grid}",
        $"KONTENA_STACK_NAME={service.Stack}",
        $"KONTENA_NODE_NAME={node.Name}",
        $"KONTENA_SERVICE_INSTANCE_NUMBER={number}",
    ];

    private static Dictionary<string, string> Labels(Service service, int number, string deployRev, bool exposed, Service? balancer)
    {
        var name = InstanceNames.Container(service.Stack, service.Name, number);
        var labels = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["io.kontena.container.type"] = "container",
            ["io.kontena.container.name"] = name,
            ["io.kontena.container.pod"] = name,
            ["io.kontena.container.deploy_rev"] = deployRev,
            ["io.kontena.container.service_revision"] = Text(service.Revision),
            ["io.kontena.container.stop_grace_period"] = Text(service.Spec.StopGracePeriod),
            ["io.kontena.service.id"] = service.Uid,
            ["io.kontena.service.name"] = service.Name,
            ["io.kontena.service.instance_number"] = Text(number),
            ["io.kontena.stack.name"] = service.Stack,
            ["io.kontena.grid.name"] = service.Grid,
            ["io.kontena.platform.name"] = service.Grid,
        };
        if (exposed)
            labels["io.kontena.service.exposed"] = "1";
        if (balancer is not null)
        {
            labels["io.kontena.load_balancer.name"] =
                balancer.Stack == Service.NoStack ? balancer.Name : $"{balancer.Stack}/{balancer.Name}";
            labels["io.kontena.load_balancer.internal_port"] = Variable(service, "KONTENA_LB_INTERNAL_PORT") ?? "80";
            labels["io.kontena.load_balancer.mode"] = Variable(service, "KONTENA_LB_MODE") ?? "http";
        }

        if (service.Spec.HealthCheck is { } check)
        {
            labels["io.kontena.health_check.protocol"] = check.Protocol;
            labels["io.kontena.health_check.port"] = Text(check.Port);
            labels["io.kontena.health_check.interval"] = Text(check.Interval);
            labels["io.kontena.health_check.timeout"] = Text(check.Timeout);
            labels["io.kontena.health_check.initial_delay"] = Text(check.InitialDelay);
            if (check.Protocol == "http")
                labels["io.kontena.health_check.uri"] = check.Uri;
        }

        return labels;
    }

    private static string? Variable(Service service, string name)
    {
        var entry = service.Spec.Env.LastOrDefault(one => one.StartsWith(name + "=", StringComparison.Ordinal));
        return entry?[(name.Length + 1)..];
    }

    private static bool AppliesTo(ServiceHook hook, int number) =>
        hook.Instances == "*"
        || hook.Instances.Split(',', StringSplitOptions.TrimEntries).Contains(Text(number), StringComparer.Ordinal);

    // "db-1:ro" of stack shop is container shop.db-1 with flags ro, when that one is there.
    private static string Resolve(string entry, string stack, IReadOnlyCollection<string>? neighbours)
    {
        var name = entry.Split(':')[0];
        var full = new[] { name, $"{stack}.{name}", $"{stack}-{name}" }.FirstOrDefault(one => neighbours?.Contains(one) == true);
        return full is null ? entry : full + entry[name.Length..];
    }

    private static string ResolveNet(string net, string stack, IReadOnlyCollection<string>? neighbours) =>
        net.StartsWith(ContainerNet, StringComparison.Ordinal)
            ? ContainerNet + Resolve(net[ContainerNet.Length..], stack, neighbours)
            : net;

    private static string ForNumber(string text, int number) => text.Replace("%s", Text(number), StringComparison.Ordinal);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
