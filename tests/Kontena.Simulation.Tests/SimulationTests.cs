using Kontena.Simulation.Tests.Runs;

namespace Kontena.Simulation.Tests;

/// <summary>The short form: a few hours. <c>infra/test simulate --hours 1000</c> is the long one.</summary>
public sealed class SimulationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Whatever_happens_everything_comes_right_again(int seed)
    {
        var result = Runs.Simulation.Run((ulong)seed, TimeSpan.FromHours(1));
        Assert.True(result.Violation is null, result.ToString());
        Assert.True(result is { Rounds: > 3, Faults: > 10, Operations: > 20, Deploys: > 20 }, result.ToString());
    }

    [Fact]
    public void A_seed_says_everything_about_its_run()
    {
        var (first, other, again) = (Run(7), Run(8), Run(7));
        Assert.Equal((first.Hash, first.Steps, first.Virtual), (again.Hash, again.Steps, again.Virtual));
        Assert.NotEqual(first.Hash, other.Hash);

        static Result Run(ulong seed) => Runs.Simulation.Run(seed, TimeSpan.FromMinutes(20));
    }
}
