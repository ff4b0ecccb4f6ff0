namespace Kontena.Scheduler.Placement;

/// <summary>How a plan came about: for each instance what was said of each node when its turn came.</summary>
/// <param name="Instances">In the order in which they were given a node; the last one found none, if the plan was refused.</param>
/// <param name="Plan">The plan itself.</param>
/// <param name="Problem">Why none was looked at: a rule that can't be read; else null.</param>
internal sealed record PlacementReport(IReadOnlyList<InstanceReport> Instances, PlacementPlan Plan, string? Problem);

/// <param name="Number">1 to N.</param>
/// <param name="Name">Of its container.</param>
/// <param name="Node">The node it was given; null when none was found.</param>
/// <param name="Kept">It was there already, and every rule lets it stay: it was not compared with others.</param>
/// <param name="Nodes">Every node: the chosen one first, then those that may take it from best to worst, then those that may not.</param>
/// <param name="Problem">What stands in the way on every node, such as a quota; else null.</param>
internal sealed record InstanceReport(int Number, string Name, string? Node, bool Kept, IReadOnlyList<NodeReport> Nodes, string? Problem);

/// <param name="Node">Its name.</param>
/// <param name="Exclusion">The rule that forbids it; null when it may take the instance.</param>
/// <param name="Score">What it was compared by, in the order of weight; less is better. Empty when it is excluded.</param>
internal sealed record NodeReport(string Node, Exclusion? Exclusion, IReadOnlyList<ScoreTerm> Score);

/// <param name="Name">What is counted, e.g. <c>instances in az=a1</c>.</param>
internal sealed record ScoreTerm(string Name, long Value);
