using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Housekeeping;
using Kontena.NodeAgent.Orders;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Resolves the image of a deploy on this node, with a pull when the rule asks for one.</summary>
internal sealed record PullImage(string Image, string DeployRev, string? Pin = null) : InstanceStep
{
    public override string Describe() => $"pull {Image}";

    public override bool Interruptible => true;

    public override TimeSpan Deadline(NodeAgentOptions options) => TimeSpan.FromHours(1);

    public override async Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var details = await context.Tools.Images.ResolveAsync(
            Image, DeployRev, Pin, context.Spec.Credentials, context.Order.InstanceId, () => context.Show(ObservedState.Pulling), cancellationToken);
        context.Tools.Ledger.Note(new ImageUse(details.Id, Image, context.Spec.ServiceUid, context.Now));
        context.Memory = context.Memory with { Image = new ResolvedImage(DeployRev, details, Pin) };
        if (context.Seen is { } seen && (seen.DeployRev != DeployRev || seen.ImagePin != Pin)
            && seen.ServiceRevision == context.Spec.ServiceRevision && seen.ImageId == details.Id)
        {
            await context.Tools.Orders.MarkKeptAsync(context.Order.InstanceId, new KeptImage(DeployRev, details.Id, Pin), CancellationToken.None);
        }
    }
}
