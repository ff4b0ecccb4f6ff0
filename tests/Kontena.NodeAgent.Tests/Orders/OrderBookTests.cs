using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.NodeAgent.Tests.Orders;

public sealed class OrderBookTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-orders-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private OrderBook Open() => new(new NodeAgentOptions { DataDirectory = _directory }, TimeProvider.System, NullLogger<OrderBook>.Instance);

    private string FileOf(int instance) => Path.Combine(_directory, "orders", Some.Id(instance) + ".json");

    private static RemoveInstance Remove(long generation, bool data = false, int instance = 1) =>
        new() { InstanceId = Some.Id(instance), Generation = generation, Name = $"shop.web-{instance}", RemoveData = data };

    [Fact]
    public async Task An_order_is_there_again_after_a_restart()
    {
        using (var book = Open())
            Assert.True(await book.TakeAsync(Some.Apply(Some.Spec() with { Env = ["A=b"] }, 7), TestContext.Current.CancellationToken));

        using var again = Open();
        var order = again.Find(Some.Id(1));
        Assert.Equal(7, order?.Generation);
        Assert.Equal(["A=b"], order?.Spec?.Env);
    }

    [Fact]
    public async Task An_older_or_repeated_order_is_ignored()
    {
        using var book = Open();
        await book.TakeAsync(Some.Apply(Some.Spec(deployRev: "new"), 7), TestContext.Current.CancellationToken);

        Assert.False(await book.TakeAsync(Some.Apply(Some.Spec(deployRev: "old"), 6), TestContext.Current.CancellationToken));
        Assert.False(await book.TakeAsync(Some.Apply(Some.Spec(deployRev: "same"), 7), TestContext.Current.CancellationToken));
        Assert.Equal("new", book.Find(Some.Id(1))?.Spec?.DeployRev);
    }

    [Fact]
    public async Task A_removal_is_remembered_so_that_a_late_order_does_not_bring_the_instance_back()
    {
        using (var book = Open())
        {
            await book.TakeAsync(Some.Apply(Some.Spec(), 1), TestContext.Current.CancellationToken);
            await book.TakeAsync(Remove(3), TestContext.Current.CancellationToken);
            await book.MarkDoneAsync(Some.Id(1), 3, TestContext.Current.CancellationToken);
        }

        using var again = Open();
        Assert.False(await again.TakeAsync(Some.Apply(Some.Spec(), 2), TestContext.Current.CancellationToken));
        Assert.Equal(DesiredState.Removed, again.Find(Some.Id(1))?.Desired);
    }

    [Fact]
    public async Task A_removal_repeated_with_data_is_a_new_order()
    {
        using var book = Open();
        await book.TakeAsync(Remove(3), TestContext.Current.CancellationToken);

        Assert.False(await book.TakeAsync(Remove(3), TestContext.Current.CancellationToken));
        Assert.True(await book.TakeAsync(Remove(3, data: true), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task One_damaged_file_is_set_aside_and_the_others_are_read()
    {
        using (var book = Open())
        {
            await book.TakeAsync(Some.Apply(Some.Spec(number: 1)), TestContext.Current.CancellationToken);
            await book.TakeAsync(Some.Apply(Some.Spec(number: 2)), TestContext.Current.CancellationToken);
        }

        await File.WriteAllTextAsync(FileOf(1), "{\"instanceId\":", TestContext.Current.CancellationToken);

        using var again = Open();
        Assert.Null(again.Find(Some.Id(1)));
        Assert.NotNull(again.Find(Some.Id(2)));
        Assert.True(File.Exists(FileOf(1) + ".damaged"));
    }

    [Fact]
    public async Task Order_files_are_for_the_owner_alone()
    {
        using var book = Open();
        await book.TakeAsync(Some.Apply(Some.Spec()), TestContext.Current.CancellationToken);

        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FileOf(1)));
    }

    [Fact]
    public async Task An_id_that_is_no_file_name_is_refused()
    {
        using var book = Open();

        Assert.False(await book.TakeAsync(Some.Apply(Some.Spec(), id: "../../etc/passwd"), TestContext.Current.CancellationToken));
        Assert.Empty(book.All);
    }

    [Fact]
    public async Task Tombstones_are_bounded()
    {
        using (var book = Open())
        {
            for (var instance = 1; instance <= OrderBook.MaxTombstones + 5; instance++)
            {
                await book.TakeAsync(Remove(1, instance: instance), TestContext.Current.CancellationToken);
                await book.MarkDoneAsync(Some.Id(instance), 1, TestContext.Current.CancellationToken);
            }
        }

        using var again = Open();
        Assert.Equal(OrderBook.MaxTombstones, again.All.Count());
    }

    [Theory]
    [InlineData(-72)]
    [InlineData(0)]
    [InlineData(72)]
    public async Task A_restart_is_asked_for_by_the_clock_of_the_node_whatever_the_senders_says(int hours)
    {
        using var book = Open();
        await book.TakeAsync(Some.Apply(Some.Spec()), TestContext.Current.CancellationToken);
        var before = TimeProvider.System.GetUtcNow();
        var request = new RestartInstance { InstanceId = Some.Id(1), RequestedAt = before.AddHours(hours) };

        Assert.True(await book.TakeAsync(request, TestContext.Current.CancellationToken));
        var noted = book.Find(Some.Id(1))!.RestartRequestedAt;
        Assert.InRange(noted!.Value, before, TimeProvider.System.GetUtcNow());
        Assert.False(await book.TakeAsync(request, TestContext.Current.CancellationToken), "the same request again asks for nothing");
        Assert.Equal(noted, book.Find(Some.Id(1))!.RestartRequestedAt);
    }

    [Fact]
    public async Task Many_orders_for_one_instance_leave_the_newest_on_disk()
    {
        using (var book = Open())
        {
            await Task.WhenAll(Enumerable.Range(1, 50).Select(generation =>
                book.TakeAsync(Some.Apply(Some.Spec(deployRev: $"d{generation}"), generation), TestContext.Current.CancellationToken)));
        }

        using var again = Open();
        Assert.Equal(50, again.Find(Some.Id(1))?.Generation);
    }
}
