using System.Text;
using Kontena.Api.PublicBus;

namespace Kontena.Api.Tests.PublicBus;

public sealed class CommandMessageTests
{
    [Fact]
    public void A_command_names_an_operation_or_a_method_and_a_path()
    {
        var one = Read("""{"operation":"showGrid","parameters":{"grid":"main","limit":5,"all":true,"nodes":["a","b"]},"idempotency_key":"k-1"}""", out _);
        Assert.Equal(("showGrid", null, "k-1"), (one!.Operation, one.Path, one.IdempotencyKey));
        Assert.Equal(["grid=main", "limit=5", "all=true", "nodes=a", "nodes=b"], one.Parameters.Select(parameter => $"{parameter.Key}={parameter.Value}"));
        var other = Read("""{"method":"POST","path":"/v1/grids","body":{"name":"x"}}""", out _);
        Assert.Equal(("POST", "/v1/grids", """{"name":"x"}"""), (other!.Method, other.Path, other.Body?.GetRawText()));
    }

    [Theory]
    [InlineData("", "message", "no JSON")]
    [InlineData("{\"operation\":\"\\ud800\"}", "message", "no JSON")]
    [InlineData("[]", "message", "is a list; an object is expected")]
    [InlineData("{}", "operation", "is missing")]
    [InlineData("""{"method":"GET"}""", "path", "is missing")]
    [InlineData("""{"operation":"a","path":"/v1/x"}""", "operation", "beside method or path")]
    [InlineData("""{"operation":7}""", "operation", "is a number; a text is expected")]
    [InlineData("""{"method":"BREW","path":"/v1/x"}""", "method", "is 'BREW'; one of GET")]
    [InlineData("""{"method":"GET","path":"/metrics"}""", "path", "/v1/… is expected")]
    [InlineData("""{"method":"GET","path":"/v1/grids?limit=1"}""", "path", "in parameters")]
    [InlineData("""{"operation":"a","parameters":[]}""", "parameters", "is a list; an object is expected")]
    [InlineData("""{"operation":"a","parameters":{"grid":{}}}""", "parameters.grid", "is an object")]
    [InlineData("""{"operation":"a","idempotency_key":"a\nb"}""", "idempotency_key", "printable ASCII")]
    [InlineData("""{"operation":"a","token":"x"}""", "token", "is not known; the fields are operation")]
    public void What_is_wrong_is_named_with_what_was_found_and_what_is_expected(string message, string field, string part)
    {
        Assert.Null(Read(message, out var mistakes));
        Assert.Contains(part, (string?)mistakes[field], StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_named_at_once_and_a_message_that_is_too_long_is_not_read()
    {
        Assert.Null(Read("""{"operation":1,"parameters":2,"idempotency_key":3,"more":4}""", out var mistakes));
        Assert.Equal(["more", "operation", "idempotency_key", "parameters"], mistakes.Select(one => one.Key));
        Assert.Null(Read("{\"operation\":\"" + new string('x', CommandMessage.Limit) + "\"}", out var tooLong));
        Assert.Contains("at most", (string?)tooLong["message"], StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_that_are_wrong_are_counted_too()
    {
        var many = string.Join(',', Enumerable.Range(0, 1_000).Select(number => $"\"p{number}\":null"));
        Assert.Null(Read("{\"operation\":\"a\",\"parameters\":{" + many + "}}", out var mistakes));
        Assert.Equal(65, mistakes.Count);
        Assert.Contains("more than 64", (string?)mistakes["parameters"], StringComparison.Ordinal);
    }

    private static CommandMessage? Read(string text, out System.Text.Json.Nodes.JsonObject mistakes) => CommandMessage.Read(Encoding.UTF8.GetBytes(text), out mistakes);
}
