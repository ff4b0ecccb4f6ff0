namespace Kontena.Simulation.Tests;

/// <summary>Known bugs, put into the world around the product on purpose: the checkers have to find each.</summary>
internal enum Mutant
{
    None,

    /// <summary>A node takes whatever order comes, however old.</summary>
    AgentIgnoresGenerations,

    /// <summary>A node removes containers, and their data, that it has no order for.</summary>
    AgentRemovesWhatItDoesNotKnow,

    /// <summary>A node of the version before runs: it starts again what is to be started once.</summary>
    AgentKnowsNoRuns,

    /// <summary>Heartbeats carry no digest, so nobody notices a lost report.</summary>
    AgentGivesNoDigest,

    /// <summary>Commits are applied whatever versions they expect.</summary>
    StoreIgnoresVersions,

    /// <summary>Commits are applied whoever holds the grid's epoch.</summary>
    StoreIgnoresTheEpoch,

    /// <summary>Silence counts against nodes though the broker is away.</summary>
    SilenceNeedsNoWitness,
}
