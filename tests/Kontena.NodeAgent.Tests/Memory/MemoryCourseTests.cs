using Kontena.NodeAgent.Memory;
using Xunit;

namespace Kontena.NodeAgent.Tests.Memory;

public sealed class MemoryCourseTests
{
    private const long Heap = 20 << 20;
    private readonly MemoryCourse _course = new();

    [Fact]
    public void Memory_is_returned_once_after_work_and_not_while_it_goes_on()
    {
        Assert.False(_course.IsTimeToReturn(40 << 20, Heap));
        Assert.False(_course.IsTimeToReturn(80 << 20, Heap));
        Assert.True(_course.IsTimeToReturn(81 << 20, Heap));
        Assert.False(_course.IsTimeToReturn(82 << 20, Heap));
    }

    [Fact]
    public void What_is_allocated_at_rest_is_returned_once_it_is_worth_it()
    {
        var times = Enumerable.Range(1, 1280).Count(look => _course.IsTimeToReturn(look * (MemoryCourse.Worth / 128), Heap));
        Assert.Equal(10, times);
    }

    [Fact]
    public void A_large_heap_is_left_to_the_collector()
    {
        _course.IsTimeToReturn(80 << 20, Heap);
        Assert.False(_course.IsTimeToReturn(80 << 20, MemoryCourse.Largest + 1));
        Assert.True(_course.IsTimeToReturn(80 << 20, MemoryCourse.Largest));
    }
}
