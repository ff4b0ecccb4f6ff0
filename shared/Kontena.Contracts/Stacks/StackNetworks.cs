namespace Kontena.Contracts.Stacks;

/// <summary>Who reaches the instances of a stack: the key <c>networks</c> of its file, and what a grid says for stacks that don't say.</summary>
public static class StackNetworks
{
    /// <summary>Every instance of the grid.</summary>
    public const string Grid = "grid";

    /// <summary>The stack's own instances, and those of services with a link to it; everybody else only the service that it exposes and the ports that it publishes.</summary>
    public const string Private = "private";

    public static readonly IReadOnlyList<string> All = [Grid, Private];
}
