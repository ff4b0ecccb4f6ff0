using Kontena.Docker;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Orders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Housekeeping;

/// <summary>Carries out what <see cref="HousekeepingPlanner"/> decides: when the disk is too full, and once an hour for the left-overs.</summary>
internal sealed class Housekeeper(
    IContainerEngine engine, OrderBook orders, ImageLedger ledger, DiskWatch disk, NodeAgentOptions options, TimeProvider time, ILogger<Housekeeper> logger)
    : BackgroundService
{
    private static readonly TimeSpan Regular = TimeSpan.FromHours(1);

    /// <summary>Between two rounds on a full disk: what could not go a minute ago can't go now.</summary>
    private static readonly TimeSpan AtLeast = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Housekeeping == HousekeepingMode.Off)
            return;
        await orders.Opened.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            await WaitAsync(stoppingToken);
            var began = time.GetTimestamp();
            try
            {
                using var limit = new CancellationTokenSource(Limit, time);
                using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stoppingToken);
                await RunAsync(both.Token);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning("Housekeeping broke off: {Reason}; it is tried again", error.Message);
            }

            if (AtLeast - time.GetElapsedTime(began) is var left && left > TimeSpan.Zero)
                await Task.Delay(left, time, stoppingToken);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await ledger.SaveAsync(cancellationToken);
    }

    /// <summary>One round.</summary>
    public async Task<HousekeepingPlan> RunAsync(CancellationToken cancellationToken)
    {
        var containers = await engine.ListContainersAsync([], cancellationToken);
        foreach (var own in containers.Where(one => one.Labels.GetValueOrDefault(ManagedLabels.Type) == ManagedLabels.ContainerType))
        {
            // What an agent that was killed had not written down. Of an image whose tag has moved the engine gives the id.
            if (own.Labels.GetValueOrDefault(ManagedLabels.ServiceId) is { } service && !own.Image.StartsWith("sha256:", StringComparison.Ordinal))
                ledger.Note(new ImageUse(own.ImageId, own.Image, service, time.GetUtcNow()));
        }

        ledger.Touch(containers.Select(one => one.ImageId).ToHashSet(StringComparer.Ordinal), time.GetUtcNow());
        var use = disk.LookAgain();
        var plan = HousekeepingPlanner.Plan(new HousekeepingScene
        {
            Now = time.GetUtcNow(),
            Disk = use,
            High = options.DiskHigh,
            Low = options.DiskLow,
            Images = use?.Percent >= options.DiskHigh ? await engine.ListImagesAsync(cancellationToken) : [],
            Containers = containers,
            Orders = [.. orders.All],
            Uses = ledger.All,
        });
        foreach (var hook in plan.Hooks)
            await RemoveAsync(hook, cancellationToken);
        await RemoveImagesAsync(plan, cancellationToken);
        await ledger.SaveAsync(cancellationToken);
        return plan;
    }

    private async Task RemoveImagesAsync(HousekeepingPlan plan, CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var image in plan.Images)
        {
            if (HousekeepingPlanner.IsEnough(disk.LookAgain(), options.DiskLow))
                break;
            if (await RemoveAsync(image, cancellationToken))
                removed++;
        }

        if (disk.LookAgain() is { } left && left.Percent >= options.DiskHigh)
        {
            logger.LogWarning(
                "The engine's disk is {Percent:0} % full and nothing more may go: {Removed} images were removed, {Kept} are kept ({Reasons}). Free it by hand, or enlarge it",
                left.Percent, removed, plan.Kept.Count, string.Join(", ", plan.Kept.GroupBy(one => one.Reason.Split(' ')[0]).Take(5).Select(group => $"{group.Count()} as {group.First().Reason}")));
        }
    }

    private async Task<bool> RemoveAsync(ImageRemoval image, CancellationToken cancellationToken)
    {
        var name = string.Join(", ", image.References);
        if (options.Housekeeping == HousekeepingMode.DryRun)
        {
            logger.LogInformation("Housekeeping would remove image {Image}: {Reason}, up to {Size} MB", name, image.Reason, image.Size / 1_000_000);
            return false;
        }

        try
        {
            foreach (var reference in image.References)
                await engine.RemoveImageAsync(reference, cancellationToken);
            ledger.Forget(image.ImageId);
            logger.LogInformation("Image {Image} is removed: {Reason}, up to {Size} MB", name, image.Reason, image.Size / 1_000_000);
            return true;
        }
        catch (EngineException error)
        {
            // Somebody has begun to use it meanwhile, for instance: then it stays.
            logger.LogWarning("Image {Image} can't be removed: {Reason}", name, error.Message);
            return false;
        }
    }

    private async Task RemoveAsync(HookRemoval hook, CancellationToken cancellationToken)
    {
        if (options.Housekeeping == HousekeepingMode.DryRun)
        {
            logger.LogInformation("Housekeeping would remove container {Container}: {Reason}", hook.Name, hook.Reason);
            return;
        }

        try
        {
            await engine.RemoveContainerAsync(hook.ContainerId, force: false, anonymousVolumes: false, cancellationToken);
            logger.LogInformation("Container {Container} is removed: {Reason}", hook.Name, hook.Reason);
        }
        catch (EngineException error)
        {
            logger.LogWarning("Container {Container} can't be removed: {Reason}", hook.Name, error.Message);
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var due = new CancellationTokenSource(Regular, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, cancellationToken);
        try
        {
            await disk.TooFull.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
    }
}

internal enum HousekeepingMode
{
    On,

    /// <summary>Says what it would remove, and removes nothing.</summary>
    DryRun,
    Off,
}
