using FsCheck;
using FsCheck.Fluent;
using Kontena.State.Redis;

namespace Kontena.State.Tests.Redis;

public sealed class RangesTests
{
    [Fact]
    public void Ranges_cover_exactly_the_numbers_given() =>
        Prop.ForAll(Gen.Choose(1, 40).ListOf().ToArbitrary(), numbers =>
            RedisStateStore.Ranges(numbers.Select(one => (long)one))
                .SelectMany(range => Enumerable.Range((int)range.First, (int)(range.Last - range.First + 1)))
                .SequenceEqual(numbers.Distinct().Order()))
            .QuickCheckThrowOnFailure();
}
