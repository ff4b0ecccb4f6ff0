using System.Text;
using Kontena.Hosting.DeadLetters;
using Xunit;

namespace Kontena.Hosting.Tests.DeadLetters;

public sealed class DeadLetterEnvelopeTests
{
    [Fact]
    public void A_replayed_message_has_no_deadline_and_nobody_to_answer_to()
    {
        var body = """{"messageId":"1","requestId":"2","responseAddress":"a","faultAddress":"b","expirationTime":"2026-01-01T00:00:00Z","message":{"text":"x"}}""";
        var text = Encoding.UTF8.GetString(DeadLetterEnvelope.WithoutAsker(Encoding.UTF8.GetBytes(body)));
        Assert.Equal("""{"messageId":"1","message":{"text":"x"}}""", text);
    }

    [Fact]
    public void The_type_is_named_without_its_namespace()
    {
        var body = Encoding.UTF8.GetBytes("""{"messageId":"1","messageType":["urn:message:Kontena.Contracts.Instances:ApplyInstance"]}""");
        Assert.Equal(("ApplyInstance", "1"), DeadLetterEnvelope.Describe(body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[1,2]")]
    [InlineData("{}")]
    [InlineData("""{"messageType":"text"}""")]
    public void A_foreign_body_is_described_and_kept_as_it_is(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        Assert.Equal("unknown", DeadLetterEnvelope.Describe(bytes).Type);
        Assert.Equal(body, Encoding.UTF8.GetString(DeadLetterEnvelope.WithoutAsker(bytes)));
    }
}
