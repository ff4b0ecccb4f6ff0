using Kontena.Contracts.Instances;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>One action on the way to what was ordered. A plan is a list of these: it can be read, compared, and carried out.</summary>
internal abstract record InstanceStep
{
    /// <summary>What it does, as in "failed: …"; no secrets.</summary>
    public abstract string Describe();

    /// <summary>What the instance is seen to be doing meanwhile; null for no change.</summary>
    public virtual ObservedState? Phase => null;

    /// <summary>A newer order or an engine event may end it early; it is planned again if still needed.</summary>
    public virtual bool Interruptible => false;

    /// <summary>After this the step counts as failed: an engine that hangs must not hang the instance for ever.</summary>
    public virtual TimeSpan Deadline(NodeAgentOptions options) => TimeSpan.FromMinutes(2);

    public abstract Task RunAsync(StepContext context, CancellationToken cancellationToken);

    public sealed override string ToString() => Describe();
}

/// <summary>A step could not do its work; the sentence goes to the user.</summary>
/// <param name="again">When set, try again after this and say nothing of it yet: it is expected to pass.</param>
internal sealed class StepFailedException(string message, TimeSpan? again = null) : Exception(message)
{
    public TimeSpan? Again { get; } = again;
}
