using Kontena.Simulation.Tests.Time;

namespace Kontena.Simulation.Tests.Workload;

/// <summary>Images behave by name; see <see cref="Nodes.StepEffects"/>.</summary>
internal static class Images
{
    public static string Any(Dice dice) => dice.Below(20) switch
    {
        0 => "gone:1",
        1 => "crash:1",
        2 when dice.Chance(0.3) => "never:1",
        3 => "slow:1",
        4 => "stubborn:1",
        _ => Good(dice),
    };

    public static string Good(Dice dice) => $"good:{dice.Below(4)}";

    public static bool IsGood(string image) => image.StartsWith("good", StringComparison.Ordinal);
}
