using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.Api.Tests.Services;

/// <summary>The list is kept from one request to the next, and nobody can tell.</summary>
public sealed class ServiceListTests
{
    private const string Path = "/v1/grids/main/services";
    private const string Run = "5a0000000000000000000e01";

    [Fact]
    public async Task Every_change_shows_in_the_next_list()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        var service = Some.Service() with { Spec = Some.Service().Spec with { Schedule = new ScheduleSpec { Cron = "0 3 * * *", TimeZone = "UTC" } } };

        await ChangesAsync(StateKeys.Service, "main", service);
        await ChangesAsync(StateKeys.Instance, "main", Some.Instance(1) with { Spec = Some.Instance(1).Spec! with { Private = true } });
        await ChangesAsync(StateKeys.Observed, "main", Some.Observed(2, ObservedState.Stopped));
        await ChangesAsync(StateKeys.ScheduleState, "main", new ScheduleState
        {
            Grid = "main", Stack = "shop", Service = "web", ServiceUid = service.Uid, Cron = "0 3 * * *", TimeZone = "UTC", DecidedUpTo = Some.Noon, NextTick = Some.Noon.AddHours(15), LastRun = Run,
        });
        await ChangesAsync(StateKeys.ServiceRun, "main", new ServiceRun
        {
            Id = Run, Grid = "main", Stack = "shop", Service = "web", ServiceUid = service.Uid, Cause = RunCause.Schedule, State = RunState.Running, CreatedAt = Some.Noon,
        });
        await ChangesAsync(StateKeys.Grid, StateKeys.System, Some.Grid() with { DefaultAffinity = ["label==ssd"] });

        var before = (await api.GetAsync(Path)).Text;
        await api.DeleteAsync(StateKeys.Observed, "main", InstanceObserved.DocumentId("core-01", Some.InstanceId(1)));
        Assert.NotEqual(before, (await api.GetAsync(Path)).Text);

        async Task ChangesAsync<T>(DocumentKind<T> kind, string partition, T document)
        {
            var was = (await api.GetAsync(Path)).Text;
            await api.PutAsync(kind, partition, document);
            Assert.True(was != (await api.GetAsync(Path)).Text, $"a changed {kind.Name} does not show");
        }
    }

    [Fact]
    public async Task A_stack_that_has_gone_is_not_found_although_its_services_were_listed()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        Assert.Equal(200, (await api.GetAsync(Path + "?stack=shop")).Status);

        await api.DeleteAsync(StateKeys.Stack, "main", "shop");

        Assert.Equal(404, (await api.GetAsync(Path + "?stack=shop")).Status);
    }

    [Fact]
    public async Task A_grid_that_has_gone_is_not_found_although_its_services_were_listed()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        Assert.Equal(200, (await api.GetAsync(Path)).Status);

        await api.DeleteAsync(StateKeys.Grid, StateKeys.System, "main");

        Assert.Equal(404, (await api.GetAsync(Path)).Status);
    }
}
