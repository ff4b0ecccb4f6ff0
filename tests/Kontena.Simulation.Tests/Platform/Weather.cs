using Kontena.Simulation.Tests.Time;

namespace Kontena.Simulation.Tests.Platform;

/// <summary>What the network and the store do to everybody at the moment.</summary>
internal sealed class Weather
{
    /// <summary>The share of messages that the broker confirms and loses.</summary>
    public double Loss { get; set; }

    public double Doubling { get; set; }

    /// <summary>The share of messages that others pass, by up to <see cref="LongestDelay"/>.</summary>
    public double Reordering { get; set; }

    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromSeconds(3);

    public bool IsStoreAway { get; set; }

    /// <summary>The share of commits that conflict as if somebody else had written first.</summary>
    public double Conflicts { get; set; }

    /// <summary>The share of commits whose answer is lost.</summary>
    public double LostAnswers { get; set; }

    /// <summary>The share of commits that are applied after their sender has given up.</summary>
    public double LateBatches { get; set; }

    public void Clear()
    {
        (Loss, Doubling, Reordering) = (0, 0, 0);
        (Conflicts, LostAnswers, LateBatches) = (0, 0, 0);
        IsStoreAway = false;
    }

    public bool IsLost(Dice dice) => dice.Chance(Loss);

    public bool IsDoubled(Dice dice) => dice.Chance(Doubling);

    public TimeSpan Delay(Dice dice) => dice.Chance(Reordering) ? dice.Between(TimeSpan.FromMilliseconds(1), LongestDelay) : TimeSpan.Zero;

    public bool IsConflict(Dice dice) => dice.Chance(Conflicts);

    public bool IsAnswerLost(Dice dice) => dice.Chance(LostAnswers);

    public bool IsBatchLate(Dice dice) => dice.Chance(LateBatches);

    /// <summary>How long somebody waits for a store that does not answer.</summary>
    public static TimeSpan StorePatience(Dice dice) => dice.Milliseconds(20, 3000);
}
