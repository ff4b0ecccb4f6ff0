using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Core.Services;
using Kontena.Core.Stacks;
using Kontena.Core.Tests.Services;
using Xunit;

namespace Kontena.Core.Tests.Stacks;

public sealed class StackRequestReaderTests
{
    private static readonly StackRequest Shop = new()
    {
        Name = "shop",
        Stack = "acme/shop",
        Version = "1.0.0",
        Source = "stack: acme/shop",
        Services = [Service("web", "db"), Service("db")],
    };

    [Fact]
    public void Services_come_in_the_order_of_their_links()
    {
        var reading = Read(Shop);
        Assert.Equal(["db", "web"], reading.Services!.Select(service => service.Name));
        Assert.Equal([new ServiceLink("shop", "db", "db")], reading.Services![1].Spec.Links);
    }

    public static TheoryData<string, StackRequest> Mistakes => new()
    {
        { "name: Name is required", Shop with { Name = null } },
        { "name: Name isn't in the right format: 1 to 63 letters, digits, - and _, not starting with -, and not null", Shop with { Name = "-x" } },
        { "name: Name isn't in the right format: 1 to 63 letters, digits, - and _, not starting with -, and not null", Shop with { Name = "null" } },
        { "stack: Stack is required", Shop with { Stack = null } },
        { "version: Version can't be blank", Shop with { Version = "" } },
        { "source: Source is required", Shop with { Source = null } },
        { "services: Services is required", Shop with { Services = null } },
        { "services: stack does not specify any services", Shop with { Services = [] } },
        { "expose: expose names lb, which is not a service of the stack", Shop with { Expose = "lb" } },
        { "networks: networks is closed; expected one of grid, private", Shop with { Networks = "closed" } },
        { "labels.[1]: Labels[1] isn't in the right format: name=value, the name of a-z, 0-9, . and -", Shop with { Labels = ["team=a", "Team=a"] } },
        { "variables: Variables isn't a hash", Shop with { Variables = JsonDocument.Parse("[]").RootElement } },
        { "parent: a stack can't be its own parent", Shop with { Parent = new StackParentRequest("shop") } },
        { "volumes.data: Only external volumes supported", Shop with { Volumes = [new StackVolumeRequest("data", null)] } },
        { "volumes.data.external: External volume x does not exist; create it first: kontena volume create --driver local --scope instance x", Shop with { Volumes = [new StackVolumeRequest("data", "x")], Services = [Service("web") with { Volumes = ["data:/d"] }] } },
        { "services.web.links: service web has missing links: nope", Shop with { Services = [Service("web", "nope")] } },
        { "services.a.depends_on: service a waits for b to be healthy, but b has no health_check; give it one, or wait for started",
            Shop with { Services = [Service("a", "b") with { DependsOn = [new DependencyRequest("b", "healthy")] }, Service("b")] } },
        { "services.a.depends_on.[0].condition: Condition not supported: one of started, healthy, completed",
            Shop with { Services = [Service("a", "b") with { DependsOn = [new DependencyRequest("b", "soon")] }, Service("b")] } },
        { "services.a.depends_on: service a waits for b to be completed, so b is run once by each deploy and can't go with 2 instances: there is one run; "
                + "services.a.depends_on: service a waits for b to be completed, so b is run once by each deploy and can't go with ports: a run serves nobody",
            Shop with { Services = [Service("a", "b") with { DependsOn = [new DependencyRequest("b", "completed")] }, Service("b") with { Instances = 2, Ports = [new PortRequest { NodePort = 80, ContainerPort = 80 }] }] } },
        { "services.a.depends_on: service a waits for b to be completed, so b is run once by each deploy and can't go with a schedule: it is run by the one or by the other; "
                + "services.a.depends_on: service a waits for b to be completed, so b is run once by each deploy and can't go with on_failure: rollback, which would run what it was before once more",
            Shop with { Services = [Service("a", "b") with { DependsOn = [new DependencyRequest("b", "completed")] }, Service("b") with { DeployOpts = new DeployOptsRequest { Schedule = "@daily", OnFailure = "rollback" } }] } },
        { "services.a.links: service a has recursive links: a → b → a; services.b.links: service b has recursive links: b → a → b", Shop with { Services = [Service("a", "b"), Service("b", "a")] } },
        { "services.web.links.[]: Service other/x does not exist", Shop with { Services = [Service("web", "other/x")] } },
        { "services.web.name: is already taken", Shop with { Services = [Service("web"), Service("web")] } },
        { "services.service 1.name: Name of service 1 is required", Shop with { Services = [Service("web") with { Name = null }] } },
        { "services.a.image: Image is required; services.b.stop_signal: Stop Signal isn't in the right format", Shop with { Services = [Service("a") with { Image = null }, Service("b") with { StopSignal = "x" }] } },
        { "services.web.secrets.[]: Secret X does not exist", Shop with { Services = [Service("web") with { Secrets = [new SecretRequest("X", "X")] }] } },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Each_mistake_has_its_place_and_words(string expected, StackRequest request)
    {
        var reading = Read(request);
        Assert.Null(reading.Services);
        Assert.Equal(expected, Some.Show(reading.Errors));
    }

    [Fact]
    public void An_update_needs_no_name_and_reads_existing_services_as_revisions()
    {
        var db = Some.Service(new ServiceSpec { Image = "db", Stateful = true, Volumes = ["/data"] }) with { Name = "db" };
        var request = Shop with { Name = null, Expose = "gone", Services = [Service("db") with { Stateful = true, Volumes = ["/data", "/new"] }] };
        var reading = StackRequestReader.Read(request, create: false, Some.Around, new Dictionary<string, Service> { ["db"] = db });
        Assert.Equal("services.db.volumes.[]: Adding the anonymous volume /new to a stateful service that exists is not supported", Some.Show(reading.Errors));
    }

    [Fact]
    public void One_that_another_waits_for_to_be_completed_is_run_by_its_deploys_as_long_as_that_is_said()
    {
        var request = Shop with { Services = [Service("a", "b") with { DependsOn = [new DependencyRequest("b", "completed")] }, Service("b")] };
        var scaled = new Dictionary<string, Service> { ["b"] = Some.Service(new ServiceSpec { Image = "b", Instances = 3 }) with { Name = "b" } };

        var read = StackRequestReader.Read(request, create: false, Some.Around, scaled).Services!;
        Assert.Equal([("b", true, 1), ("a", false, 1)], read.Select(one => (one.Name, one.Spec.RunAtDeploy, one.Spec.Instances)));
        Assert.Equal([new ServiceDependency("b", "completed")], read[1].Spec.DependsOn);

        var current = new Dictionary<string, Service> { ["b"] = Some.Service(read[0].Spec) with { Name = "b" } };
        var without = StackRequestReader.Read(Shop with { Services = [Service("a", "b"), Service("b")] }, create: false, Some.Around, current).Services!;
        Assert.False(without[0].Spec.RunAtDeploy);

        var change = ServiceSpecReader.ReadUpdate(new ServiceRequest { Ports = [new PortRequest { NodePort = 80, ContainerPort = 80 }] }, current["b"], Some.Around);
        Assert.Contains("can't go with ports", Some.Show(change.Errors), StringComparison.Ordinal);
        Assert.Contains("each deploy runs it once", Some.Show(ServiceSpecReader.ReadScale(2, current["b"]).Errors), StringComparison.Ordinal);
        var alone = ServiceSpecReader.ReadUpdate(
            new ServiceRequest { DependsOn = [new DependencyRequest("b", "completed")] }, current["b"], Some.Around with { Services = new HashSet<string> { $"{Some.Around.Stack}/b" } });
        Assert.Contains("only a stack as a whole can say", Some.Show(alone.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Law_any_stack_is_either_read_or_refused_with_places() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new RandomRequests(seed);
            var request = new StackRequest
            {
                Name = random.Text(),
                Stack = random.Text(),
                Version = random.Text(),
                Source = random.Text(),
                Expose = random.Text(),
                Labels = random.List(() => random.Text()!),
                Services = random.List(random.Service),
                Volumes = random.List(() => new StackVolumeRequest(random.Text(), random.Text())),
                ParentName = random.Text(),
            };
            var reading = Read(request);
            return (reading.Services is null) != (reading.Errors.Count == 0) && reading.Errors.All(error => error.Path.Count > 0);
        }).QuickCheckThrowOnFailure();

    private static StackReading Read(StackRequest request) =>
        StackRequestReader.Read(request, create: true, Some.Around, new Dictionary<string, Service>());

    private static ServiceRequest Service(string name, params string[] links) =>
        new() { Name = name, Image = name, Stateful = false, Links = [.. links.Select(link => new LinkRequest(link, link))] };
}
