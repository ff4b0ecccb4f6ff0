using System.Text.Json;
using Kontena.Contracts;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Services;
using Kontena.Core.Naming;

namespace Kontena.Core.Services;

/// <summary>A spec, or every mistake found in the request; never both.</summary>
public sealed record SpecReading(ServiceSpec? Spec, IReadOnlyList<FieldError> Errors);

/// <summary>Turns what a client sent into a valid <see cref="ServiceSpec"/>, or says everything that is wrong with it at once (rest-api.md §12.3–12.4).</summary>
/// <remarks>Pure. Never throws, whatever the request holds.</remarks>
public static class ServiceSpecReader
{
    /// <summary>Bounds what one service can ask of the scheduler.</summary>
    public const int MaxInstances = 10_000;

    /// <summary>A new service: name, image and <c>stateful</c> are required, the rest has defaults.</summary>
    public static SpecReading ReadNew(ServiceRequest request, ServiceSurroundings around, params string[] path)
    {
        var errors = new FieldErrors(path);
        CheckName(request.Name, errors);
        CheckRequired(request, errors);
        var spec = Read(request, new ServiceSpec { Image = "", Stateful = request.Stateful ?? false }, [], around, errors);
        CheckHostName(request.Name ?? "", spec, around, errors);
        return Conclude(spec, errors);
    }

    /// <summary>A change: only what is given changes, lists and deploy options replace, but a schedule stays unless another or <c>none</c> is given; <c>K=</c> keeps the
    /// stored value of K. Name and <c>stateful</c> stay.</summary>
    public static SpecReading ReadUpdate(ServiceRequest request, Service current, ServiceSurroundings around, params string[] path)
    {
        var errors = new FieldErrors(path);
        var spec = Read(request, current.Spec, current.Spec.Env, around, errors, isChange: true);
        CheckNewAnonymousVolumes(spec, current.Spec, errors);
        CheckHostName(current.Name, spec, around, errors);
        return Conclude(spec, errors);
    }

    /// <summary>
    /// A stack revision applied to a service that exists: the file says all, what it leaves out goes back to its default; except that the
    /// number of instances stays as scaled when the file has none, and <c>K=</c> keeps the stored value of K (stack-file.md §15.1).
    /// </summary>
    public static SpecReading ReadRevision(ServiceRequest request, Service current, ServiceSurroundings around, params string[] path)
    {
        var errors = new FieldErrors(path);
        CheckRequired(request, errors);
        if (request.Stateful is { } stateful && stateful != current.Spec.Stateful)
            errors.Say("Stateful can't be changed once the service exists; remove the service first", "stateful");
        var baseline = new ServiceSpec { Image = "", Stateful = current.Spec.Stateful, Instances = current.Spec.Instances };
        var spec = Read(request, baseline, current.Spec.Env, around, errors);
        CheckNewAnonymousVolumes(spec, current.Spec, errors);
        CheckHostName(current.Name, spec, around, errors);
        return Conclude(spec, errors);
    }

    /// <summary>Scaling: the new number alone, checked as in an update.</summary>
    public static SpecReading ReadScale(int instances, Service current)
    {
        var errors = new FieldErrors();
        var spec = current.Spec with { Instances = instances };
        CheckInstances(instances, "instances", errors);
        if (spec.Schedule is not null && instances != 1)
            errors.Say("can't be scaled: it has a schedule, and a tick starts one run", "instances");
        if (spec.RunAtDeploy && instances != 1)
            errors.Say("can't be scaled: each deploy runs it once", "instances");
        CheckHostName(current.Name, spec, current.Grid, current.Stack, "instances", errors);
        return Conclude(spec, errors);
    }

    /// <summary>Whether two specs say the same.</summary>
    public static bool Same(ServiceSpec one, ServiceSpec other) =>
        JsonSerializer.Serialize(one, KontenaJson.Default.ServiceSpec) == JsonSerializer.Serialize(other, KontenaJson.Default.ServiceSpec);

    private static SpecReading Conclude(ServiceSpec spec, FieldErrors errors) =>
        errors.Any ? new SpecReading(null, errors.Found) : new SpecReading(spec, []);

    private static ServiceSpec Read(
        ServiceRequest request, ServiceSpec baseline, IReadOnlyList<string> storedEnv, ServiceSurroundings around, FieldErrors errors, bool isChange = false)
    {
        var fields = new FieldReader(errors);
        if ((request.Instances ?? request.ContainerCount) is { } instances)
            CheckInstances(instances, request.Instances is null ? "container_count" : "instances", errors);
        if (request.Strategy is { } strategy && !PlacementRules.Strategies.Contains(strategy.Trim()))
            errors.Say($"Strategy not supported: one of {string.Join(", ", PlacementRules.Strategies)}", "strategy");
        RuntimeRules.Check(request, errors);
        VaultRules.CheckCertificates(request, around, errors);

        var spec = baseline with
        {
            Image = ImageRules.Read(fields.Text(request.Image, "image"), errors) ?? baseline.Image,
            Instances = request.Instances ?? request.ContainerCount ?? baseline.Instances,
            Strategy = request.Strategy?.Trim() ?? baseline.Strategy,
            User = fields.Text(request.User, "user") ?? baseline.User,
            Entrypoint = fields.Text(request.Entrypoint, "entrypoint") ?? baseline.Entrypoint,
            Cmd = request.Cmd is null ? baseline.Cmd : fields.Texts(request.Cmd, "cmd", blankAllowed: true),
            Env = request.Env is null ? baseline.Env : EnvRules.Read(request.Env, storedEnv, errors),
            Secrets = request.Secrets is null ? baseline.Secrets : VaultRules.ReadSecrets(request.Secrets, around, errors),
            Ports = request.Ports is null ? baseline.Ports : PortRules.Read(request.Ports, errors),
            Links = request.Links is null ? baseline.Links : LinkRules.Read(request.Links, around, errors),
            DependsOn = request.DependsOn is null ? baseline.DependsOn : DependencyRules.Read(request.DependsOn, around, errors),
            Volumes = request.Volumes is null ? baseline.Volumes : VolumeRules.Read(request.Volumes, around, errors),
            VolumesFrom = request.VolumesFrom is null ? baseline.VolumesFrom : fields.Texts(request.VolumesFrom, "volumes_from"),
            Affinity = request.Affinity is null ? baseline.Affinity : AffinityRules.Read(request.Affinity, "affinity", errors),
            Memory = request.Memory ?? baseline.Memory,
            MemorySwap = request.MemorySwap ?? baseline.MemorySwap,
            ShmSize = request.ShmSize ?? baseline.ShmSize,
            Cpus = request.Cpus ?? baseline.Cpus,
            CpuShares = request.CpuShares ?? baseline.CpuShares,
            Privileged = request.Privileged ?? baseline.Privileged,
            ReadOnly = request.ReadOnly ?? baseline.ReadOnly,
            CapAdd = request.CapAdd is null ? baseline.CapAdd : fields.Texts(request.CapAdd, "cap_add"),
            CapDrop = request.CapDrop is null ? baseline.CapDrop : fields.Texts(request.CapDrop, "cap_drop"),
            Devices = request.Devices is null ? baseline.Devices : fields.Texts(request.Devices, "devices"),
            Net = fields.Text(request.Net, "net") ?? baseline.Net,
            Pid = fields.Text(request.Pid, "pid") ?? baseline.Pid,
            LogDriver = fields.Text(request.LogDriver, "log_driver") ?? baseline.LogDriver,
            LogOpts = request.LogOpts ?? baseline.LogOpts,
            Hooks = request.Hooks is null ? baseline.Hooks : HookRules.Read(request.Hooks, errors),
            HealthCheck = request.HealthCheck is null ? baseline.HealthCheck : HealthCheckRules.Read(request.HealthCheck, "health_check", errors),
            ReadinessCheck = request.ReadinessCheck is null
                ? baseline.ReadinessCheck
                : HealthCheckRules.Read(request.ReadinessCheck, "readiness_check", errors),
            IgnoreImageHealthCheck = request.HealthCheck is null ? baseline.IgnoreImageHealthCheck : HealthCheckRules.SaysNone(request.HealthCheck),
            StopSignal = fields.Text(request.StopSignal, "stop_signal") ?? baseline.StopSignal,
            StopGracePeriod = RuntimeRules.StopGracePeriod(request.StopGracePeriod, errors) ?? baseline.StopGracePeriod,
        };
        if (request.DeployOpts is { } opts)
            spec = RuntimeRules.WithDeployOpts(spec, opts, isChange, errors);
        PlacementRules.Check(spec, errors);
        RuntimeRules.CheckOrder(spec, errors);
        ScheduleRules.Check(spec, errors);
        // A change of one that its stack has made such; in a stack it is said where the other service waits.
        foreach (var misfit in spec.RunAtDeploy ? RunRules.MisfitsAtDeploy(spec) : [])
            errors.Say($"the service is run once by each deploy, as another waits for its completion, and {misfit}", "deploy_opts");
        if (spec.Stateful && spec.VolumesFrom.Count > 0)
            errors.Say("Volumes From can't be used by a stateful service", "volumes_from");
        return spec;
    }

    private static void CheckName(string? name, FieldErrors errors)
    {
        if (name is null)
            errors.Reason("is required", "name");
        else if (string.IsNullOrWhiteSpace(name))
            errors.Reason("can't be blank", "name");
        else if (!NameRules.IsStackOrService(name))
            errors.Reason($"isn't in the right format: {NameRules.StackOrServiceForm}", "name");
    }

    private static void CheckRequired(ServiceRequest request, FieldErrors errors)
    {
        if (request.Image is null)
            errors.Reason("is required", "image");
        if (request.Stateful is null)
            errors.Reason("is required", "stateful");
    }

    private static void CheckInstances(int instances, string field, FieldErrors errors)
    {
        if (instances is < 1 or > MaxInstances)
            errors.Reason(instances < 1 ? "is too small: at least 1; to run none, stop the service" : $"is too big: at most {MaxInstances}", field);
    }

    private static void CheckHostName(string name, ServiceSpec spec, ServiceSurroundings around, FieldErrors errors) =>
        CheckHostName(name, spec, around.Grid, around.Stack, "name", errors);

    private static void CheckHostName(string name, ServiceSpec spec, string grid, string stack, string field, FieldErrors errors)
    {
        var longest = HostNames.OfInstance(grid, stack, name, spec.Instances);
        if (longest.Length > HostNames.MaxLength)
            errors.Say($"the host name {longest} would have {longest.Length} characters, at most {HostNames.MaxLength} are possible", field);
    }

    private static void CheckNewAnonymousVolumes(ServiceSpec spec, ServiceSpec current, FieldErrors errors)
    {
        if (!current.Stateful)
            return;
        var known = AnonymousPaths(current).ToHashSet(StringComparer.Ordinal);
        foreach (var path in AnonymousPaths(spec).Where(path => !known.Contains(path)))
            errors.Append("volumes", $"Adding the anonymous volume {path} to a stateful service that exists is not supported");
    }

    private static IEnumerable<string> AnonymousPaths(ServiceSpec spec) =>
        spec.Volumes.Select(text => VolumeText.Parse(text, out _)).Where(volume => volume is { IsAnonymous: true }).Select(volume => volume!.Path);
}
