using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kontena.Docker.Logs;
using Kontena.Docker.Transport;

namespace Kontena.Docker.Tests.Logs;

public class LogLinesTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void However_the_bytes_are_cut_the_lines_are_the_same()
    {
        var text = Gen.Elements("", "a", "plain words", " ", "ünï", "2026-11-22T10:00:00Z in the text", "no:stamp", new string('x', 200)).ListOf();
        var law = Prop.ForAll(
            text.Zip(Gen.Choose(1, 60).ListOf()).ToArbitrary(),
            input =>
            {
                var (texts, cuts) = input;
                var expected = texts.Select((t, i) => (Start.AddSeconds(i), t)).ToList();
                return Read(texts, [.. cuts], framed: true).SequenceEqual(expected) && Read(texts, [.. cuts], framed: false).SequenceEqual(expected);
            });
        law.QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Parts_of_a_line_are_joined_and_have_the_time_of_the_first()
    {
        var lines = new LogLines(framed: true, TimeProvider.System);
        Frame(lines, "2026-11-22T10:00:00Z " + new string('a', 16384));
        Frame(lines, "2026-11-22T10:00:05Z " + new string('b', 100) + "\n");

        var line = Assert.Single(Taken(lines));
        Assert.Equal((Start, 16484), (line.At, line.Text.Length));
    }

    [Fact]
    public void A_line_over_the_limit_comes_in_several_with_its_time()
    {
        var lines = new LogLines(framed: true, TimeProvider.System);
        for (var part = 0; part < 9; part++) Frame(lines, $"2026-11-22T10:00:0{part}Z " + new string('x', 16384));
        lines.Finish();

        var taken = Taken(lines);
        Assert.Equal([LogLines.MaxLine, LogLines.MaxLine, 16384], taken.Select(l => l.Text.Length));
        Assert.All(taken, l => Assert.Equal(Start, l.At));
    }

    [Theory]
    [InlineData("no stamp at all\n", "no stamp at all")]
    [InlineData("x\n", "x")]
    [InlineData("\n", "")]
    [InlineData("2026-99-22T10:00:00Z a\n", "2026-99-22T10:00:00Z a")]
    [InlineData("aVeryLongWordThatIsNoTimeAndHasNoSpaceInItsFirstFortyBytes end\n", "aVeryLongWordThatIsNoTimeAndHasNoSpaceInItsFirstFortyBytes end")]
    public void Text_without_a_time_is_kept_and_gets_the_time_of_its_arrival(string frame, string text)
    {
        var lines = new LogLines(framed: true, TimeProvider.System);
        Frame(lines, frame);

        var line = Assert.Single(Taken(lines));
        Assert.Equal(text, line.Text);
        Assert.True(line.At > Start.AddDays(-300));
    }

    private static List<(DateTimeOffset, string)> Read(IReadOnlyList<string> texts, int[] cuts, bool framed)
    {
        var lines = new LogLines(framed, TimeProvider.System);
        var messages = texts.Select((text, i) => Encoding.UTF8.GetBytes($"{Start.AddSeconds(i):yyyy-MM-ddTHH:mm:ss}.000000000Z {text}\n")).ToList();
        if (!framed) messages = [[.. messages.SelectMany(m => m)]];
        var cut = 0;
        foreach (var message in messages)
        {
            for (var at = 0; at < message.Length;)
            {
                var length = Math.Min(cuts.Length == 0 ? message.Length : cuts[cut++ % cuts.Length], message.Length - at);
                lines.Add(new StreamPiece("stdout", message.AsMemory(at, length), StartsFrame: framed && at == 0));
                at += length;
            }
        }

        lines.Finish();
        return [.. Taken(lines).Select(l => (l.At, l.Text))];
    }

    private static void Frame(LogLines lines, string text) => lines.Add(new StreamPiece("stdout", Encoding.UTF8.GetBytes(text), StartsFrame: true));

    private static List<ContainerLogLine> Taken(LogLines lines)
    {
        var taken = new List<ContainerLogLine>();
        while (lines.TryTake(out var line)) taken.Add(line);
        return taken;
    }
}
