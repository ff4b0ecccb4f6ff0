using System.Text;
using FsCheck.Fluent;
using Kontena.Cli.Api;
using Kontena.Cli.Tests.Support;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Tests.Api;

public sealed class JsonStreamTests
{
    [Fact]
    public void Objects_are_found_wherever_the_bytes_are_cut() => FsCheck.Check.One(
        FsCheck.Config.QuickThrowOnFailure,
        Prop.ForAll(Gen.Choose(1, 400).ArrayOf().Where(cuts => cuts.Length > 0).ToArbitrary(), cuts =>
        {
            var text = $"  {Some.Log("1", "a-1", "ü}{")} {Some.Log("2", "a-2", "two")}{Some.Log("3", "a-1", "three")} ";
            return Read(Encoding.UTF8.GetBytes(text), cuts).SequenceEqual(["1", "2", "3"]);
        }));

    [Fact]
    public void A_broken_object_is_an_error() =>
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => Read(Encoding.UTF8.GetBytes("{\"id\":1}}"), [100]));

    private static List<string> Read(byte[] bytes, int[] cuts)
    {
        var ids = new List<string>();
        var rest = Array.Empty<byte>();
        var position = 0;
        for (var cut = 0; position < bytes.Length; cut++)
        {
            var size = Math.Min(cuts[cut % cuts.Length], bytes.Length - position);
            rest = [.. rest, .. bytes[position..(position + size)]];
            position += size;
            var lines = new List<LogLineJson>();
            var consumed = JsonStream.Take(rest, KontenaResponseJson.Default.LogLineJson, lines);
            rest = rest[consumed..];
            ids.AddRange(lines.Select(line => line.Id));
        }

        return ids;
    }
}
