namespace Kontena.Hosting.Bus;

/// <summary>What is to be done about a bus, from what is seen of it once a second. Pure; <see cref="BusRevival"/> sees and does.</summary>
/// <param name="Since">Since when it is not ready, with a broker that answers; null while nothing is wrong.</param>
/// <param name="GaveUp">It has given up a queue since it was last ready.</param>
/// <param name="FailedStarts">Starts that failed since it was last ready.</param>
/// <param name="Drops">Connections in a row that were dropped without anything being confirmed between.</param>
/// <param name="ConfirmedAtDrop">What was confirmed up to the last of them.</param>
/// <param name="UnreadSince">Since when it says that it is ready and a queue of it is not read; null while all are.</param>
/// <param name="UnreadStarts">Starts because of that, since all were read.</param>
internal sealed record RevivalPlan(
    DateTimeOffset? Since = null, bool GaveUp = false, int FailedStarts = 0, int Drops = 0, long ConfirmedAtDrop = 0, DateTimeOffset? UnreadSince = null, int UnreadStarts = 0)
{
    /// <summary>
    /// How long a bus may be not ready, with a broker that answers, before it is started again. Longer than MassTransit's own longest pause: a bus
    /// that is stopped in the middle of coming back comes back without its queues.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>The same after it has given up a queue, which it never opens again, or after a start that failed.</summary>
    public static readonly TimeSpan PatienceAfterGivingUp = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long nothing that is sent may be confirmed over a connection that nobody has seen end: a host that stood still for a while may not notice that the broker has
    /// closed it meanwhile. Longer than TCP and AMQP take to notice all else; an attempt to connect begins this anew.
    /// </summary>
    public static readonly TimeSpan PatienceWithSilence = TimeSpan.FromSeconds(8);

    /// <summary>
    /// How long a queue may be without its channel on a bus that says it is ready. One that comes back by itself is not ready meanwhile; a process that stood still for a while
    /// has been seen to leave some of its queues and to open the others.
    /// </summary>
    public static readonly TimeSpan PatienceWithUnread = TimeSpan.FromSeconds(5);

    /// <summary>A broker in alarm confirms nothing, over new connections neither: each drop that brought nothing doubles the patience, so often.</summary>
    private const int MostDoublings = 5;

    /// <summary>How often a bus that was stopped may fail to start. MassTransit does not start one again whose end it did not see through; a new process does.</summary>
    private const int MostFailedStarts = 2;

    public (RevivalPlan Plan, RevivalStep Step) After(BusSight sight)
    {
        var drops = sight.Confirmed == ConfirmedAtDrop ? Drops : 0;
        var plan = this with { Drops = drops };
        // TCP would ask for seconds before it gives up, and a node counts as lost after eight.
        if (!sight.BrokerAway && sight.Adrift)
            return (plan, RevivalStep.Drop);
        if (!sight.BrokerAway && sight.Silent >= PatienceWithSilence * (1 << Math.Min(drops, MostDoublings)))
            return (plan with { Drops = drops + 1, ConfirmedAtDrop = sight.Confirmed }, RevivalStep.Drop);
        // What was given up while the broker is away is not open when it is back.
        if (sight.BrokerAway)
            return (plan with { Since = null, GaveUp = GaveUp || sight.GaveUp, FailedStarts = 0, UnreadSince = null }, RevivalStep.None);
        if (sight.Ready)
            return (plan with { Since = null, GaveUp = false, FailedStarts = 0 }).AfterReady(sight);

        plan = plan with { UnreadSince = null };
        if (FailedStarts >= MostFailedStarts)
            return (plan, RevivalStep.End);
        var since = sight.GaveUp && !GaveUp ? sight.Now : Since ?? sight.Now;
        plan = plan with { Since = since, GaveUp = GaveUp || sight.GaveUp };
        return sight.Now - since < (plan.GaveUp || FailedStarts > 0 ? PatienceAfterGivingUp : Patience)
            ? (plan, RevivalStep.None)
            : (plan with { Since = null, GaveUp = false }, RevivalStep.StartAgain);
    }

    private (RevivalPlan Plan, RevivalStep Step) AfterReady(BusSight sight)
    {
        if (!sight.Unread)
            return (this with { UnreadSince = null, UnreadStarts = 0 }, RevivalStep.None);
        var since = UnreadSince ?? sight.Now;
        if (sight.Now - since < PatienceWithUnread)
            return (this with { UnreadSince = since }, RevivalStep.None);
        return UnreadStarts >= MostFailedStarts
            ? (this, RevivalStep.End)
            : (this with { UnreadSince = null, UnreadStarts = UnreadStarts + 1 }, RevivalStep.StartAgain);
    }

    public RevivalPlan AfterStart(bool failed) => this with { FailedStarts = failed ? FailedStarts + 1 : 0 };
}

/// <summary>A look at a bus.</summary>
/// <param name="BrokerAway">The broker does not answer, or does not let this process in.</param>
/// <param name="Ready">All queues are open.</param>
/// <param name="GaveUp">One was given up since the last look.</param>
/// <param name="Silent">For how long nothing that was sent has been confirmed.</param>
/// <param name="Confirmed">How many messages were, ever.</param>
/// <param name="Adrift">The machine has lost the address that the connection begins at.</param>
/// <param name="Unread">A queue has lost its channel.</param>
internal readonly record struct BusSight(DateTimeOffset Now, bool BrokerAway, bool Ready, bool GaveUp, TimeSpan Silent, long Confirmed, bool Adrift = false, bool Unread = false);

internal enum RevivalStep
{
    None,

    /// <summary>End the connection, so that another is made.</summary>
    Drop,

    /// <summary>Stop the bus and start it.</summary>
    StartAgain,

    /// <summary>End the process, to be started again.</summary>
    End,
}
