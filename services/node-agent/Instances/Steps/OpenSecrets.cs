using Kontena.Contracts.Services;
using Kontena.NodeAgent.Secrets;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Finds out whether the instance can be given its secrets, before anything is stopped for the container that needs them.</summary>
internal sealed record OpenSecrets : InstanceStep
{
    public override string Describe() => "open the secrets";

    public override Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        Prepare(context);
        return Task.CompletedTask;
    }

    /// <summary>What a new container is given, in clear: to be used and let go. Its files are where it finds them.</summary>
    /// <exception cref="StepFailedException">Why it can't be.</exception>
    public static OpenedSecrets Prepare(StepContext context)
    {
        var opened = OpenedSecrets.Of(context.Order.InstanceId, context.Spec, context.Tools.SecretKey.Open);
        if (opened.Problem is { } problem)
            throw new StepFailedException(problem);
        Put(context, opened);
        return opened;
    }

    /// <summary>Before a container that is there starts: a reboot takes its files away. One that still has them needs nothing, whatever has become of the vault.</summary>
    /// <inheritdoc cref="Prepare"/>
    public static void PrepareFiles(StepContext context)
    {
        var names = context.Spec.Secrets.Where(use => use.Type == SecretUse.File).Select(use => use.Name).ToList();
        if (names.Count > 0 && !context.Tools.SecretFiles.Has(context.Order.InstanceId, context.Spec.ServiceRevision, names))
            Prepare(context);
    }

    private static void Put(StepContext context, OpenedSecrets opened)
    {
        if (context.Tools.SecretFiles.Put(context.Order.InstanceId, context.Spec.ServiceRevision, opened.Files) is { } problem)
            throw new StepFailedException(problem);
    }
}
