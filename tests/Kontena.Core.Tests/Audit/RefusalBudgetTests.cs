using Kontena.Core.Audit;
using Kontena.Testing;
using Xunit;

namespace Kontena.Core.Tests.Audit;

public sealed class RefusalBudgetTests
{
    [Fact]
    public void Refusals_beyond_sixty_a_minute_are_not_written_down_and_that_is_said_once()
    {
        var (clock, warnings) = (new TestClock(), new List<string>());
        var budget = new RefusalBudget(clock, warnings.Add);
        Assert.All(Enumerable.Range(0, RefusalBudget.PerMinute), _ => Assert.True(budget.Take("prod")));
        Assert.Empty(warnings);
        Assert.False(budget.Take("prod"));
        Assert.False(budget.Take("prod"));
        Assert.StartsWith("More than 60 refusals a minute in prod: ", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.True(budget.Take("test"));

        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.All(Enumerable.Range(0, RefusalBudget.PerMinute), _ => Assert.True(budget.Take("prod")));
        Assert.False(budget.Take("prod"));
        Assert.Equal(2, warnings.Count);
    }
}
