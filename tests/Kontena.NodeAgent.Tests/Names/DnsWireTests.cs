using System.Collections.Immutable;
using Kontena.Contracts.Names;
using Kontena.NodeAgent.Names;
using Kontena.NodeAgent.Names.Wire;
using Xunit;

namespace Kontena.NodeAgent.Tests.Names;

public sealed class DnsWireTests
{
    private const string Web = "web.shop.test.kontena.local";

    private static NameTarget Target(int number) => NameTarget.Of(Question.Row(number), [Web, $"web-{number}.shop.test.kontena.local"])!;

    private static Reply Answer(byte[] request, NameAnswer answer, uint turn = 0, int? most = null)
    {
        Assert.Equal(DnsCode.None, DnsQuery.Read(request, out var query));
        var into = new byte[most ?? query.MostBytes];
        var reply = Question.Read(into.AsSpan(0, DnsReply.Write(request, query, answer, "test", turn, into)));
        Assert.True(reply.IsWhole, "the counts are those of the records");
        return reply;
    }

    [Fact]
    public void A_question_is_read_in_small_letters_and_answered_in_its_own()
    {
        var request = Question.Of("WeB.Shop.test.KONTENA.local", DnsType.A, edns: 4096);

        Assert.Equal(DnsCode.None, DnsQuery.Read(request, out var query));
        Assert.Equal((Web, DnsType.A, true, true, 1232), (query.Name, query.Type, query.IsPlain, query.HasOptions, query.MostBytes));
        var reply = Answer(request, NameAnswer.Addresses([Target(1)]));
        Assert.Equal(("WeB.Shop.test.KONTENA.local", "10.81.1.2"), (reply.Records[0].Name, reply.Records[0].Text));
        Assert.Equal(41, reply.Records[^1].Type);
    }

    [Fact]
    public void Every_address_comes_first_in_its_turn_and_none_may_be_kept()
    {
        ImmutableArray<NameTarget> targets = [Target(1), Target(2), Target(3)];

        var first = Enumerable.Range(0, 6).Select(turn => Answer(Question.Of(Web, DnsType.A), NameAnswer.Addresses(targets), (uint)turn)).ToList();

        Assert.Equal(["10.81.1.2", "10.81.1.3", "10.81.1.4", "10.81.1.2", "10.81.1.3", "10.81.1.4"], first.Select(reply => reply.Answers[0]));
        Assert.All(first, reply => Assert.Equal((3, 0u), (reply.Answers.Distinct().Count(), reply.Records[0].Lifetime)));
    }

    [Theory]
    [InlineData(null, 512)]
    [InlineData(100, 512)]
    [InlineData(4096, 1232)]
    public void What_does_not_fit_is_cut_and_whole_over_a_stream(int? edns, int most)
    {
        var answer = NameAnswer.Addresses([.. Enumerable.Range(1, 150).Select(Target)]);
        var request = Question.Of(Web, DnsType.A, edns: edns);
        var into = new byte[4096];
        Assert.Equal(DnsCode.None, DnsQuery.Read(request, out var query));

        var cut = Answer(request, answer);
        var length = DnsReply.Write(request, query, answer, "test", 0, into.AsSpan(0, query.MostBytes));
        var whole = Answer(request, answer, most: 65535);

        Assert.True(cut.IsCut && cut.Answers.Count > 20 && length <= most, $"{cut.Answers.Count} answers in {length} bytes");
        Assert.Equal((false, 150), (whole.IsCut, whole.Answers.Count));
    }

    [Fact]
    public void Nothing_is_told_with_the_word_of_who_would_know()
    {
        var empty = Answer(Question.Of(Web, DnsType.Aaaa), NameAnswer.Empty);
        var missing = Answer(Question.Of("x.kontena.local", DnsType.A), NameAnswer.Missing);

        Assert.Equal((0, 6, "kontena.local"), (empty.Code, Assert.Single(empty.Records).Type, empty.Records[0].Name));
        Assert.Equal((3, 6), (missing.Code, Assert.Single(missing.Records).Type));
    }

    [Fact]
    public void A_service_record_has_its_addresses_with_it()
    {
        var reply = Answer(Question.Of("_80._tcp." + Web, DnsType.Srv), new NameAnswer(NameOutcome.Found) { Services = [(Target(1), 80)] });

        Assert.Equal(["80 web-1.shop.test.kontena.local"], reply.Answers);
        Assert.Equal(("web-1.shop.test.kontena.local", "10.81.1.2"), (reply.Records[1].Name, reply.Records[1].Text));
    }

    [Fact]
    public void Malformed_questions_have_their_code()
    {
        var good = Question.Of(Web, DnsType.A, edns: 1232);
        Assert.Null(DnsQuery.Read(good.AsSpan(0, 11), out _));
        Assert.Null(DnsQuery.Read(Changed(good, 2, 0x81), out _));
        Assert.Equal(DnsCode.NotImplemented, DnsQuery.Read(Changed(good, 2, 0x28), out _));
        Assert.Equal(DnsCode.FormatError, DnsQuery.Read(Changed(good, 5, 2), out _));
        Assert.Equal(DnsCode.FormatError, DnsQuery.Read(Changed(good, 12, 0xC0), out _));
        Assert.Equal(DnsCode.FormatError, DnsQuery.Read(Changed(good, 11, 17), out _));
        Assert.Equal(DnsCode.FormatError, DnsQuery.Read(good.AsSpan(0, good.Length - 3), out _));
        Assert.Equal(DnsCode.BadVersion, DnsQuery.Read(Changed(good, good.Length - 5, 1), out _));
        Assert.Equal(DnsCode.Refused, DnsQuery.Read(Changed(Question.Of(Web, DnsType.A), 44, 3), out _));
        Assert.Equal(DnsCode.FormatError, DnsQuery.Read(Question.Of(string.Join('.', Enumerable.Repeat("abcdefgh", 30)), DnsType.A), out _));
    }

    [Fact]
    public void A_name_that_points_at_itself_ends()
    {
        Assert.Null(DnsNames.Skip([1, (byte)'a', 0xC0], 0));
        Assert.Equal(2, DnsNames.Skip([0xC0, 0x00], 0));
        Assert.Null(DnsNames.Skip([63, 1, 2], 0));
    }

    [Fact]
    public void Whatever_comes_is_read_to_its_end_and_what_is_answered_can_be_read()
    {
        var dice = new Random(20261127);
        var good = (byte[][])[Question.Of(Web, DnsType.A, edns: 1232), Question.Of("_80._tcp." + Web, DnsType.Srv), Question.Of("2.1.81.10.in-addr.arpa", DnsType.Ptr)];
        var view = new NamesView(NamesTable.Of("test").After([(null, Question.Row())]), ImmutableDictionary<string, string>.Empty, ImmutableDictionary<uint, NameAsker>.Empty);
        var (into, answered) = (new byte[DnsQuery.LargestDatagram], 0);
        for (var round = 0; round < 200_000; round++)
        {
            var message = (byte[])good[round % good.Length].Clone();
            for (var change = dice.Next(4); change > 0; change--)
                message[dice.Next(message.Length)] = (byte)dice.Next(256);
            Array.Resize(ref message, dice.Next(8) == 0 ? dice.Next(message.Length + 20) : message.Length);
            if (DnsQuery.Read(message, out var query) is not { } code)
                continue;
            var room = into.AsSpan(0, query.MostBytes);
            var length = code != DnsCode.None ? DnsReply.Write(message, query, code, room)
                : query.IsPlain && NameResolver.Answer(view, null, null, query.Name, query.Type) is { } answer ? DnsReply.Write(message, query, answer, "test", 0, room)
                : 0;
            Assert.InRange(length, 0, query.MostBytes);
            answered += length > 0 ? 1 : 0;
        }

        Assert.True(answered > 100_000);
    }

    private static byte[] Changed(byte[] message, int at, byte to)
    {
        var changed = (byte[])message.Clone();
        changed[at] = to;
        return changed;
    }
}
