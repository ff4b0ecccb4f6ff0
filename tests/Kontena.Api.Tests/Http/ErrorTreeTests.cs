using Kontena.Api.Http;
using Kontena.Contracts.Commands;

namespace Kontena.Api.Tests.Http;

public sealed class ErrorTreeTests
{
    [Fact]
    public void Nests_by_path() => Assert.Equal(
        """{"services":{"redis":{"links":"missing"},"web":{"image":"required"}},"name":"taken"}""",
        Of(Error("missing", "services", "redis", "links"), Error("required", "services", "web", "image"), Error("taken", "name")));

    [Fact]
    public void Lists_are_parallel_to_what_was_sent() =>
        Assert.Equal("""{"env":[null,"wrong"],"ports":[{"node_port":"missing"}]}""",
            Of(Error("wrong", "env", "[1]"), Error("missing", "ports", "[0]", "node_port")));

    [Fact]
    public void Messages_about_a_list_stand_in_a_list() =>
        Assert.Equal("""{"links":["a is not there","b is not there"]}""", Of(Error("a is not there", "links", "[]"), Error("b is not there", "links", "[]")));

    [Fact]
    public void Several_messages_about_one_field_are_all_kept() =>
        Assert.Equal("""{"name":["short","odd"]}""", Of(Error("short", "name"), Error("odd", "name")));

    [Fact]
    public void What_concerns_the_whole_request_is_a_text() => Assert.Equal("\"no; never\"", Of(Error("no"), Error("never")));

    [Fact]
    public void A_field_and_its_parts_can_both_be_wrong() =>
        Assert.Equal("""{"volumes":{"data":"unknown","base":"too many"},"base":"bad day"}""",
            Of(Error("unknown", "volumes", "data"), Error("too many", "volumes"), Error("bad day")));

    [Fact]
    public void Is_never_empty_null_or_a_list()
    {
        Assert.Equal("\"The request was refused\"", Of());
        Assert.Equal("""{"[0]":"odd"}""", Of(Error("odd", "[0]")));
        Assert.Equal("""{"":"nameless"}""", Of(Error("nameless", "")));
    }

    private static FieldError Error(string message, params string[] path) => new(path, message);

    private static string Of(params FieldError[] errors) => ErrorTree.Of(errors).ToJsonString();
}
