using Xunit;

namespace Kontena.StackFiles.Tests;

public sealed class VariablesTests
{
    private const string File = """
        stack: a/b
        variables:
          tag: {type: string, default: "3", from: {env: IMAGE_TAG}}
          count: {type: integer, default: 2}
        services:
          s: {image: "redis:${tag}", instances: $count, environment: ["E=$(date) $ 5 a$", "A=$$HOME", "B=$${HOME}", "S=$STACK.$GRID"]}
        """;

    [Fact]
    public void Defaults_are_used_and_typed_where_they_land()
    {
        var service = Reading.Of(File).Request!.Services![0];

        Assert.Equal(("redis:3", 2), (service.Image, service.Instances));
        Assert.Equal(["E=$(date) $ 5 a$", "A=$HOME", "B=${HOME}", "S=b.prod"], service.Env!);
    }

    [Fact]
    public void The_environment_wins_over_the_default_and_the_command_line_over_both()
    {
        var reading = new Reading(("kontena.yml", File)) { Environment = { ["IMAGE_TAG"] = "4", ["count"] = "7" } };
        Assert.Equal(("redis:4", 7), Seen(reading.Read()));

        reading.Values["tag"] = "5";
        Assert.Equal(("redis:5", 7), Seen(reading.Read()));

        static (string?, int?) Seen(StackReadResult result) => (result.Request!.Services![0].Image, result.Request.Services[0].Instances);
    }

    [Fact]
    public void A_value_never_changes_the_structure_of_the_document()
    {
        var reading = new Reading(("kontena.yml", """
            stack: a/b
            variables: {v: {type: string}}
            services: {s: {image: i, environment: ["F=$v"], command: $v}}
            """))
        { Values = { ["v"] = "it's: #{x}\n- y" } };

        var result = reading.Read();

        Assert.Contains(result.Errors, error => error.Path == "services.s.command");      // an open quote, reported where it is used
        Assert.Single(result.Errors);
    }

    [Fact]
    public void Undeclared_names_are_reported_with_their_line()
    {
        var result = Reading.Of("stack: a/b\nservices:\n  s:\n    image: redis:$tga\n    command: $1");

        Assert.Equal([(4, true), (5, true)], result.Errors.Select(error => (error.Line, error.Message.Contains("not declared", StringComparison.Ordinal))));
    }

    [Fact]
    public void Braces_take_a_default()
    {
        var result = new Reading(("docker-compose.yml", "services: {s: {image: \"i:${TAG:-9}\", command: \"${CMD-x}\"}}")) { Environment = { ["TAG"] = "" } }.Read();

        Assert.Empty(result.Errors);
        Assert.Equal("i:9", result.Request!.Services![0].Image);
    }

    [Theory]
    [InlineData("{type: float}", "is no type")]
    [InlineData("{}", "is missing")]
    [InlineData("", "expected a mapping")]
    [InlineData("text", "expected a mapping")]
    [InlineData("{type: string}", "has no value")]
    [InlineData("{type: integer, default: abc}", "no whole number")]
    [InlineData("{type: integer, default: '-1'}", "less than 0")]
    [InlineData("{type: enum, options: [a, b], default: c}", "not one of a, b")]
    [InlineData("{type: string, min_length: 8, default: short}", "at least 8")]
    [InlineData("{type: string, deflaut: x}", "did you mean 'default'")]
    [InlineData("{type: string, from: valut}", "no source of values")]
    [InlineData("{type: string, from: {variable: nope}, default: x}", "not a variable")]
    [InlineData("{type: string, from: {interpolate: $a}}", "depends on itself")]
    public void Bad_declarations_are_errors_at_the_variable(string declaration, string message)
    {
        var result = Reading.Of($"stack: a/b\nvariables:\n  a: {declaration}\nservices: {{s: {{image: i}}}}");

        Assert.Contains(result.Errors, error => error.Path.StartsWith("variables.a", StringComparison.Ordinal) && error.Line == 3
            && error.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Values_are_remembered_without_the_built_ins() =>
        Assert.Equal("""{"tag":"3","count":"2"}""", Reading.Of(File).Request!.Variables!.Value.GetRawText());

    [Fact]
    public void False_is_a_value()
    {
        var result = Reading.Of("stack: a/b\nvariables: {f: {type: boolean, default: true, value: false}}\nservices: {s: {image: i, environment: ['F=$f'], only_if: {f: false}}}");

        Assert.Equal(["F=false"], result.Request!.Services!.Single().Env!);
    }

    [Fact]
    public void Random_text_has_the_wanted_length_and_alphabet()
    {
        var result = Reading.Of("stack: a/b\nvariables: {p: {type: string, from: {random_string: {length: 24, charset: hex}}}}\nservices: {s: {image: i, environment: ['P=$p']}}");

        Assert.Matches("^P=[0-9a-f]{24}$", result.Request!.Services![0].Env![0]);
    }
}
