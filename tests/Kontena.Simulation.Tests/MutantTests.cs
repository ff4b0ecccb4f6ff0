using Kontena.Simulation.Tests.Runs;

namespace Kontena.Simulation.Tests;

/// <summary>A simulation that finds nothing proves something only if it would find something.</summary>
public sealed class MutantTests
{
    private const int Seeds = 12;
    private static readonly TimeSpan PerSeed = TimeSpan.FromHours(2);

    [Theory]
    [InlineData("AgentIgnoresGenerations")]
    [InlineData("AgentRemovesWhatItDoesNotKnow")]
    [InlineData("AgentKnowsNoRuns")]
    [InlineData("AgentGivesNoDigest")]
    [InlineData("StoreIgnoresVersions")]
    [InlineData("StoreIgnoresTheEpoch")]
    [InlineData("SilenceNeedsNoWitness")]
    public void A_known_bug_is_found(string mutant)
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            var result = Runs.Simulation.Run(seed, PerSeed, Enum.Parse<Mutant>(mutant));
            if (result.Violation is not { } found)
                continue;
            TestContext.Current.TestOutputHelper?.WriteLine($"{mutant}: seed {seed}: {found}");
            return;
        }

        Assert.Fail($"{mutant} was not found with {Seeds} seeds of {PerSeed.TotalHours} h");
    }
}
