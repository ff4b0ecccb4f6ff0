namespace Kontena.LogCollector.Tests.Storage.Sqlite;

/// <summary>Lines may be long and many: an answer has a bound, and what follows it is asked for next.</summary>
public sealed class PageTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("line")]
    public async Task Long_lines_come_in_several_answers_without_a_gap(string? search)
    {
        await using var logs = new StoreOnDisk(pageText: 100);
        var all = Enumerable.Range(10, 20).Select(number => $"line {number} {new string('x', number % 3 == 0 ? 60 : 10)}").ToList();
        await logs.AddAsync(LogLines.Batch(["of another service"], service: "mail"));
        foreach (var (number, text) in all.Index())
        {
            if (number == 10)
                logs.Clock.Advance(TimeSpan.FromDays(1));
            await logs.AddAsync(LogLines.Batch([text], service: number % 2 == 0 ? "web" : "db"));
        }

        var query = LogLines.Query() with { Text = search, AnyService = ["shop/web", "shop/db"] };
        var newest = (await logs.LinesAsync(query)).Texts();
        Assert.Equal(all.TakeLast(newest.Length), newest);
        Assert.InRange(newest.Sum(text => text.Length), 100, 170);

        var (read, after) = (new List<string>(), new string('0', 24));
        while (await logs.LinesAsync(query with { After = after }) is { Count: > 0 } page)
        {
            Assert.InRange(page.Count, 1, 6);
            read.AddRange(page.Texts());
            after = page[^1].Id;
        }

        Assert.Equal(all, read);
    }
}
