using Kontena.Contracts.Instances;
using Kontena.State;

namespace Kontena.Api.Tests.Containers;

public sealed class ContainerListTests
{
    [Fact]
    public async Task Lists_what_runs_and_everything_when_asked()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        await api.PutAsync(StateKeys.Observed, "main",
            Some.Observed(2, ObservedState.Stopped) with { ExitCode = 137, OomKilled = true },
            Some.Observed(3, ObservedState.Restarting),
            Some.Observed(4, ObservedState.Pulling) with { ContainerId = null },
            Some.Observed(5, ObservedState.Removed));

        Assert.Equal(["shop.web-1 running"], await ListAsync(api, "/v1/containers/main"));
        Assert.Equal(["shop.web-1 running", "shop.web-2 oom_killed", "shop.web-3 restarting"], await ListAsync(api, "/v1/containers/main?all=1"));
        Assert.Equal(["shop.web-1 running", "shop.web-2 oom_killed"], await ListAsync(api, "/v1/services/main/shop/web/containers"));
    }

    private static async Task<string[]> ListAsync(ApiUnderTest api, string path) =>
        [.. (await api.GetAsync(path)).Json["containers"]!.AsArray().Select(one => $"{one!["name"]} {one["status"]}")];
}
