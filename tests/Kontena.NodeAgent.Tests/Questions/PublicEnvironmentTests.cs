using System.Text.Json.Nodes;
using Kontena.Docker;
using Kontena.NodeAgent.Questions;
using Xunit;

namespace Kontena.NodeAgent.Tests.Questions;

public sealed class PublicEnvironmentTests
{
    [Fact]
    public void Only_what_is_known_to_be_public_is_shown() => Assert.Equal(
        ["MODE=prod", "PATH=/bin", "DB_PASS=***", "MODE=***", "EMPTY=***", "FLAG"],
        Shown(["MODE=prod", "PATH=/bin", "DB_PASS=s3cr=t", "MODE=prod2", "EMPTY=", "FLAG"], known: ["MODE=prod", "PATH=/bin"]));

    [Fact]
    public void A_name_that_is_public_makes_no_other_value_public() =>
        Assert.Equal(["DB_PASS=***"], Shown(["DB_PASS=from the vault"], known: ["DB_PASS=for tests"]));

    [Fact]
    public void Nothing_else_is_changed()
    {
        var described = JsonNode.Parse("""{"Id":"c","Config":{"Cmd":["A=b"],"Env":["A=b"],"Labels":{"x":"y"}},"HostConfig":{"Memory":12345678901234567890}}""")!.AsObject();

        PublicEnvironment.Mask(described, []);

        Assert.Equal("""{"Id":"c","Config":{"Cmd":["A=b"],"Env":["A=***"],"Labels":{"x":"y"}},"HostConfig":{"Memory":12345678901234567890}}""", described.ToJsonString());
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"Config":null}""")]
    [InlineData("""{"Config":{"Env":null}}""")]
    [InlineData("""{"Config":{"Env":"A=b"}}""")]
    public void An_answer_of_another_shape_stays_as_it_is(string json)
    {
        var described = JsonNode.Parse(json)!.AsObject();

        PublicEnvironment.Mask(described, []);

        Assert.Equal(json, described.ToJsonString());
    }

    [Fact]
    public void Processes_are_told_by_the_titles_of_the_columns() => Assert.Equal(
        """[{"UID":"root","PID":"17","CMD":"sleep 1"},{"UID":"root","PID":"18","CMD":""}]""",
        ProcessList.Of(new ProcessTable(["UID", "PID", "CMD"], [["root", "17", "sleep 1"], ["root", "18", ""]])).ToJsonString());

    private static IEnumerable<string?> Shown(string[] env, string[] known)
    {
        var described = new JsonObject { ["Config"] = new JsonObject { ["Env"] = new JsonArray([.. env.Select(one => JsonValue.Create(one))]) } };
        PublicEnvironment.Mask(described, known);
        return described["Config"]!["Env"]!.AsArray().Select(one => (string?)one);
    }
}
