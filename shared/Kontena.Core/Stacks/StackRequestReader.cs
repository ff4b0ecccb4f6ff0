using System.Text.Json;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Core.Naming;
using Kontena.Core.Services;

namespace Kontena.Core.Stacks;

/// <summary>The services of a stack request, read; or every mistake in it, each under <c>services.&lt;name&gt;</c> (rest-api.md §11.3).</summary>
/// <param name="Services">Those linked to first; null with errors.</param>
public sealed record StackReading(IReadOnlyList<ReadService>? Services, IReadOnlyList<FieldError> Errors);

public sealed record ReadService(string Name, ServiceRequest Request, ServiceSpec Spec);

/// <summary>Checks a stack as a whole and each of its services. Pure; never throws.</summary>
public static class StackRequestReader
{
    /// <summary>More is a mistake, and keeps one commit within bounds.</summary>
    public const int MaxServices = 500;

    /// <param name="existing">Services the stack has now; they are read as a new revision of themselves, others as new.</param>
    public static StackReading Read(StackRequest request, bool create, ServiceSurroundings around, IReadOnlyDictionary<string, Service> existing)
    {
        var errors = new FieldErrors();
        CheckStack(request, create, errors);
        var volumes = CheckVolumes(request.Volumes ?? [], around, errors);
        var services = NamedServices(request.Services, errors);
        if (create && request.Expose is { } expose && services.All(service => service.Name != expose.Trim()))
            errors.Say($"expose names {expose}, which is not a service of the stack", "expose");

        var graph = new LinkGraph(services.Select(service => (service.Name!, (IReadOnlyList<string>)InnerLinks(service, around.Stack))));
        var inside = around with
        {
            Volumes = volumes,
            IsWholeStack = true,
            Stacks = around.Stacks.Append(around.Stack).ToHashSet(StringComparer.Ordinal),
            Services = around.Services
                .Where(id => !id.StartsWith(around.Stack + "/", StringComparison.Ordinal))
                // A link that the graph reports as missing must not be reported a second time by the service.
                .Concat(services.SelectMany(service => InnerLinks(service, around.Stack).Append(service.Name!)).Select(name => Service.DocumentId(around.Stack, name)))
                .ToHashSet(StringComparer.Ordinal),
        };

        var read = new Dictionary<string, ReadService>(StringComparer.Ordinal);
        foreach (var service in services)
        {
            var name = service.Name!;
            CheckGraph(name, graph, errors);
            var path = new[] { "services", name };
            var reading = existing.TryGetValue(name, out var current)
                ? ServiceSpecReader.ReadRevision(service, current, inside, path)
                : ServiceSpecReader.ReadNew(service, inside, path);
            errors.Include(reading.Errors);
            if (reading.Spec is { } spec)
                read[name] = new ReadService(name, service, spec);
        }

        foreach (var (name, service) in read)
        {
            foreach (var waited in service.Spec.DependsOn.Where(one =>
                one.Condition == DependencyRules.Healthy && read.TryGetValue(one.Service, out var target) && target.Spec.HealthCheck is null))
            {
                errors.Say($"service {name} waits for {waited.Service} to be healthy, but {waited.Service} has no health_check; give it one, or wait for started",
                    "services", name, "depends_on");
            }
        }

        RunAtDeploys(read, errors);
        return errors.Any ? new StackReading(null, errors.Found) : new StackReading([.. graph.Order.Select(name => read[name])], []);
    }

    // Who says of another that it is to be completed, makes it one that ends.
    private static void RunAtDeploys(Dictionary<string, ReadService> read, FieldErrors errors)
    {
        var waits = read.Values
            .SelectMany(service => service.Spec.DependsOn.Where(one => one.Condition == DependencyRules.Completed).Select(one => (By: service.Name, For: one.Service)))
            .Where(one => read.ContainsKey(one.For)).ToList();
        foreach (var (by, name) in waits)
        {
            var (_, request, spec) = read[name];
            // Not as it was scaled before.
            var once = spec with { RunAtDeploy = true, Instances = request.Instances ?? request.ContainerCount ?? 1 };
            read[name] = read[name] with { Spec = once };
            foreach (var misfit in RunRules.MisfitsAtDeploy(once))
                errors.Say($"service {by} waits for {name} to be completed, so {name} is run once by each deploy and {misfit}", "services", by, "depends_on");
        }
    }

    /// <summary>Each label starts with a name and an equals sign: <c>team=a</c>.</summary>
    public static void CheckLabels(IReadOnlyList<string>? labels, FieldErrors errors)
    {
        for (var index = 0; index < (labels?.Count ?? 0); index++)
        {
            var name = labels![index]?.IndexOf('=') is { } at and > 0 ? labels[index][..at] : "";
            if (name.Length == 0 || !name.All(c => char.IsAsciiDigit(c) || c is (>= 'a' and <= 'z') or '.' or '-'))
                errors.Reason("isn't in the right format: name=value, the name of a-z, 0-9, . and -", "labels", FieldErrors.At(index));
        }
    }

    private static void CheckStack(StackRequest request, bool create, FieldErrors errors)
    {
        if (create)
        {
            if (Check(request.Name, "name", errors) && (!NameRules.IsStackOrService(request.Name!.Trim()) || request.Name.Trim() == Service.NoStack))
                errors.Reason($"isn't in the right format: {NameRules.StackOrServiceForm}, and not null", "name");
            if ((request.Parent is null ? request.ParentName : request.Parent.Name) is { } parent && parent == request.Name)
                errors.Say("a stack can't be its own parent", "parent");
        }

        if (request.Networks is { } networks && !StackNetworks.All.Contains(networks))
            errors.Say($"networks is {networks}; expected one of {string.Join(", ", StackNetworks.All)}", "networks");
        Check(request.Stack, "stack", errors);
        Check(request.Version, "version", errors);
        Check(request.Source, "source", errors);
        CheckObject(request.Variables, "variables", errors);
        CheckObject(request.Metadata, "metadata", errors);
        CheckLabels(request.Labels, errors);
    }

    private static bool Check(string? text, string field, FieldErrors errors)
    {
        if (!string.IsNullOrWhiteSpace(text))
            return true;
        errors.Reason(text is null ? "is required" : "can't be blank", field);
        return false;
    }

    private static void CheckObject(JsonElement? value, string field, FieldErrors errors)
    {
        if (value is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null or JsonValueKind.Undefined) })
            errors.Reason("isn't a hash", field);
    }

    private static List<ServiceRequest> NamedServices(IReadOnlyList<ServiceRequest>? services, FieldErrors errors)
    {
        var named = new List<ServiceRequest>();
        if (services is null)
            errors.Reason("is required", "services");
        else if (services.Count == 0)
            errors.Say("stack does not specify any services", "services");
        else if (services.Count > MaxServices)
            errors.Say($"stack has {services.Count} services, at most {MaxServices} are possible", "services");
        else
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            for (var index = 0; index < services.Count; index++)
            {
                // Without a name there is no better place than the list itself.
                if (services[index] is not { } service || string.IsNullOrWhiteSpace(service.Name))
                    errors.Say($"Name of service {index + 1} is required", "services", $"service {index + 1}", "name");
                else if (!names.Add(service.Name.Trim()))
                    errors.Say("is already taken", "services", service.Name.Trim(), "name");
                else
                    named.Add(service with { Name = service.Name.Trim() });
            }
        }

        return named;
    }

    private static Dictionary<string, string> CheckVolumes(IReadOnlyList<StackVolumeRequest> volumes, ServiceSurroundings around, FieldErrors errors)
    {
        var declared = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var volume in volumes)
        {
            var name = volume?.Name?.Trim();
            if (string.IsNullOrEmpty(name))
                errors.Append("volumes", "Name is required");
            else if (string.IsNullOrWhiteSpace(volume!.External))
                errors.Say("Only external volumes supported", "volumes", name);
            else if (!around.Volumes.ContainsKey(volume.External.Trim()))
                errors.Say($"External volume {volume.External.Trim()} does not exist; {VolumeRules.Remedy(volume.External.Trim())}", "volumes", name, "external");
            // Known under its own name even when its volume is missing, so that each service does not report it again.
            if (!string.IsNullOrEmpty(name))
                declared[name] = volume!.External?.Trim() ?? name;
        }

        return declared;
    }

    private static void CheckGraph(string name, LinkGraph graph, FieldErrors errors)
    {
        if (graph.MissingOf(name) is { Count: > 0 } missing)
            errors.Say($"service {name} has missing links: {string.Join(", ", missing)}", "services", name, "links");
        if (graph.Recursive.Contains(name))
            errors.Say($"service {name} has recursive links: {string.Join(" → ", graph.CircleOf(name))}", "services", name, "links");
    }

    private static string[] InnerLinks(ServiceRequest service, string stack) =>
        [.. (service.Links ?? []).Select(link => link?.Name).Concat((service.DependsOn ?? []).Select(one => one?.Name))
            .Where(name => !string.IsNullOrWhiteSpace(name))
            .Select(name => LinkRules.Target(name!, stack))
            .Where(target => target.Stack == stack)
            .Select(target => target.Service)];
}
