using FsCheck;
using FsCheck.Fluent;
using Kontena.Contracts.Services;
using Kontena.Core.Services;
using Xunit;

namespace Kontena.Core.Tests.Services;

public sealed class SpecReaderLaws
{
    [Fact]
    public void Any_request_is_either_a_spec_or_a_list_of_mistakes() => Check(request =>
    {
        var reading = ServiceSpecReader.ReadNew(request, Some.Around);
        return (reading.Spec is null) != (reading.Errors.Count == 0);
    });

    [Fact]
    public void Every_mistake_names_a_field_and_says_something() => Check(request =>
        ServiceSpecReader.ReadNew(request, Some.Around).Errors.All(error => error.Path.Count > 0 && error.Message.Length > 0));

    [Fact]
    public void An_update_of_anything_by_anything_ends_in_a_spec_or_mistakes() => Check(request =>
    {
        var current = Some.Service(new ServiceSpec { Image = "x", Stateful = true, Env = ["A=1"], Volumes = ["/data"] });
        var update = ServiceSpecReader.ReadUpdate(request, current, Some.Around);
        var revision = ServiceSpecReader.ReadRevision(request, current, Some.Around);
        return (update.Spec is null) != (update.Errors.Count == 0) && (revision.Spec is null) != (revision.Errors.Count == 0);
    });

    [Fact]
    public void The_same_request_twice_changes_nothing_the_second_time() => Check(request =>
    {
        var current = Some.Service(new ServiceSpec { Image = "x", Env = ["A=1"] });
        if (ServiceSpecReader.ReadUpdate(request, current, Some.Around).Spec is not { } once)
            return true;
        var twice = ServiceSpecReader.ReadUpdate(request, current with { Spec = once }, Some.Around).Spec;
        return twice is not null && ServiceSpecReader.Same(once, twice);
    });

    private static void Check(Func<ServiceRequest, bool> law) =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => Sparse(seed).All(law)).QuickCheckThrowOnFailure();

    /// <summary>The random request, and the good one with a single random field each: fully random ones are almost never valid.</summary>
    private static IEnumerable<ServiceRequest> Sparse(int seed)
    {
        var random = new RandomRequests(seed).Service();
        yield return random;
        yield return Some.Request with { Env = random.Env, Cmd = random.Cmd };
        yield return Some.Request with { Ports = random.Ports };
        yield return Some.Request with { Links = random.Links, Volumes = random.Volumes };
        yield return Some.Request with { HealthCheck = random.HealthCheck, DeployOpts = random.DeployOpts };
        yield return Some.Request with { Hooks = random.Hooks, Affinity = random.Affinity };
    }
}
