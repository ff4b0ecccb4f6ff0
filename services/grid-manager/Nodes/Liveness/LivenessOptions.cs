using System.Globalization;
using Kontena.Hosting;
using Microsoft.Extensions.Configuration;

namespace Kontena.GridManager.Nodes.Liveness;

/// <summary>When silence becomes a state (runtime.md §0, design §6). Spans of our own clock; the nodes' clocks do not matter.</summary>
internal sealed record LivenessOptions
{
    /// <summary>Three heartbeats of two seconds missed.</summary>
    public TimeSpan SuspectAfter { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary><c>Kontena:Liveness:OfflineAfterSeconds</c>, 7 to 3600. Stateless instances move at once then (decision 0023).</summary>
    public TimeSpan OfflineAfter { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>A node whose agent said that it comes back is given so long, and never less than <see cref="OfflineAfter"/>.
    /// <c>Kontena:Liveness:RestartLimitSeconds</c>, 7 to 3600 (decision 0032).</summary>
    public TimeSpan RestartLimit { get => field > OfflineAfter ? field : OfflineAfter; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After the broker or this process was away, so long for nodes to find their way back before silence begins to count.</summary>
    public TimeSpan ReturnTime { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>Adds to every silence until somebody looks, so it is short; a look is at memory.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often we write to ourselves through the broker.</summary>
    public TimeSpan ProbeEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>No echo for this long: the broker or this process is the silent one.</summary>
    public TimeSpan ProbeLimit { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>So long it is doubted that all nodes went at once. There is nowhere to move to meanwhile, so waiting costs nothing.</summary>
    public TimeSpan TogetherLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary><c>LastSeenAt</c> is stored at most this often.</summary>
    public TimeSpan StoreSeenEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A node's clock that goes off, or back, by as much is stored and told at once.</summary>
    public TimeSpan ClockStep { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A rival that goes on asking is stored anew this often.</summary>
    public TimeSpan StoreRivalEvery { get; init; } = TimeSpan.FromMinutes(1);

    public static LivenessOptions From(IConfiguration configuration)
    {
        var options = new LivenessOptions();
        return options with
        {
            OfflineAfter = Seconds(configuration, "OfflineAfterSeconds", options.OfflineAfter),
            RestartLimit = Seconds(configuration, "RestartLimitSeconds", options.RestartLimit),
        };
    }

    private static TimeSpan Seconds(IConfiguration configuration, string name, TimeSpan otherwise)
    {
        var key = $"Kontena:Liveness:{name}";
        if (configuration[key] is not { Length: > 0 } text)
            return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 7 and <= 3600
            ? TimeSpan.FromSeconds(seconds)
            : throw new SettingException(key, $"is '{text}', not a number of seconds from 7 to 3600", otherwise.TotalSeconds.ToString(CultureInfo.InvariantCulture));
    }
}
