using Kontena.Docker;
using Kontena.NodeAgent.Housekeeping;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing;
using Kontena.Testing.Docker;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.NodeAgent.Tests.Housekeeping;

/// <summary>The rounds themselves, over an engine in memory and a disk of the test's making.</summary>
public sealed class HousekeeperTests : IDisposable
{
    private readonly CancellationToken _token = TestContext.Current.CancellationToken;
    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-housekeeping-").FullName;
    private readonly FakeContainerEngine _engine = new();
    private double _percent = 90;
    private double _perImage = 5;

    private NodeAgentOptions Options(HousekeepingMode mode = HousekeepingMode.On) => new() { DataDirectory = _directory, Housekeeping = mode };

    private DiskWatch Disk(NodeAgentOptions options)
    {
        var start = _engine.Images.Count;
        return new DiskWatch(options, NullLogger<DiskWatch>.Instance, _ =>
            new DiskUse(1000, 1000 - (long)(10 * (_percent - ((start - _engine.Images.Count) * _perImage)))));
    }

    private async Task<(HousekeepingPlan Plan, DiskWatch Disk, ImageLedger Ledger)> RoundAsync(HousekeepingMode mode = HousekeepingMode.On)
    {
        var options = Options(mode);
        using var orders = new OrderBook(options, TimeProvider.System, NullLogger<OrderBook>.Instance);
        var (disk, ledger) = (Disk(options), new ImageLedger(options, NullLogger<ImageLedger>.Instance));
        using var keeper = new Housekeeper(_engine, orders, ledger, disk, options, TimeProvider.System, NullLogger<Housekeeper>.Instance);
        return (await keeper.RunAsync(_token), disk, ledger);
    }

    private async Task AddAsync(params string[] references)
    {
        var ledger = new ImageLedger(Options(), NullLogger<ImageLedger>.Instance);
        var hours = 10;
        foreach (var reference in references)
        {
            var image = _engine.AddImage(reference, fromRegistry: true);
            ledger.Note(new ImageUse(image.Id, reference, "gone", TimeProvider.System.GetUtcNow().AddHours(-hours++)));
        }

        await ledger.SaveAsync(_token);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Images_go_until_the_disk_is_below_its_low_mark_and_not_further()
    {
        await AddAsync("a:1", "b:1", "c:1", "d:1", "e:1", "f:1");

        var (plan, disk, _) = await RoundAsync();

        // 90, 85, 80, 75: the fourth brings it below 75.
        Assert.Equal(6, plan.Images.Count);
        Assert.Equal(["a:1", "b:1"], _engine.Images.Order());
        Assert.False(disk.Pressure);
    }

    [Fact]
    public async Task What_cannot_go_is_told_as_pressure()
    {
        _engine.AddImage("tools:1", fromRegistry: true);

        var (_, disk, _) = await RoundAsync();

        Assert.True(disk.Pressure);
        Assert.Equal(["tools:1"], _engine.Images);
    }

    [Fact]
    public async Task A_dry_run_removes_nothing()
    {
        await AddAsync("a:1", "b:1");
        var (plan, _, _) = await RoundAsync(HousekeepingMode.DryRun);

        Assert.Equal(2, plan.Images.Count);
        Assert.Equal(0, _engine.Calls.Count("RemoveImage"));
    }

    [Fact]
    public async Task One_that_cannot_be_removed_keeps_no_other()
    {
        await AddAsync("a:1", "b:1", "c:1");
        _perImage = 20;
        _engine.Calls.Fail("RemoveImage", 1, new EngineException(409, "conflict: unable to remove repository reference"));

        await RoundAsync();

        Assert.Equal(["a:1", "c:1"], _engine.Images.Order());
    }

    [Fact]
    public async Task An_image_that_a_container_was_seen_with_is_young_again()
    {
        await AddAsync("a:1");
        await _engine.CreateContainerAsync("x", new ContainerConfig { Image = "a:1" }, _token);

        var (plan, _, ledger) = await RoundAsync();

        Assert.Empty(plan.Images);
        Assert.True(TimeProvider.System.GetUtcNow() - Assert.Single(ledger.All).LastUsedAt < TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Volumes_are_never_touched()
    {
        await AddAsync("a:1", "b:1", "c:1");
        await _engine.EnsureVolumeAsync(new VolumeConfig { Name = "data" }, _token);

        await RoundAsync();

        Assert.Single(_engine.Volumes);
        Assert.Equal(0, _engine.Calls.Count("RemoveVolume"));
    }

    [Fact]
    public void Pressure_does_not_come_and_go_with_every_megabyte()
    {
        var disk = Disk(Options());
        foreach (var (percent, pressure) in new[] { (84.0, false), (85.0, true), (84.0, true), (83.5, true), (82.5, false), (84.9, false) })
        {
            _percent = percent;
            disk.LookAgain();
            Assert.Equal((percent, pressure), (percent, disk.Pressure));
        }
    }

    [Fact]
    public void A_damaged_ledger_means_that_nothing_is_known_and_nothing_goes()
    {
        File.WriteAllText(Path.Combine(_directory, "images.json"), "{");
        Assert.Empty(new ImageLedger(Options(), NullLogger<ImageLedger>.Instance).All);
    }
}
