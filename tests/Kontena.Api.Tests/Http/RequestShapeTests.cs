using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Kontena.Api.Http;
using Kontena.Contracts.Http;
using Kontena.Contracts.Services;

namespace Kontena.Api.Tests.Http;

public sealed class RequestShapeTests
{
    [Fact]
    public void Takes_what_the_original_client_sends_in_place_of_a_type()
    {
        var request = Service("""
            {"name":" web ","image":5,"stateful":"true","container_count":"2x","cpus":"0.5","privileged":1,"ports":[{"node_port":"8080","container_port":80}],
             "links":[{"id":"main/null/mail","name":"null/mail","alias":"smtp"}],"log_opts":{"max":10,"none":null},"env":[" A=1 ","B="],"cmd":null,"unknown":{"deep":[1]}}
            """);

        Assert.Equal(("web", "5", true, 2, 0.5, true), (request.Name, request.Image, request.Stateful, request.ContainerCount, request.Cpus, request.Privileged));
        Assert.Equal(8080, request.Ports![0].NodePort);
        Assert.Equal("smtp", request.Links![0].Alias);
        Assert.Equal("10", Assert.Single(request.LogOpts!).Value);
        Assert.Equal([" A=1 ", "B="], request.Env!);
        Assert.Null(request.Cmd);
    }

    [Fact]
    public void Names_every_wrong_field_at_its_place()
    {
        var refusal = Assert.Throws<HttpRefusal>(() => Service("""
            {"name":[],"image":{},"instances":1.5,"stateful":"maybe","env":"A=1","cmd":["a",["b"],null],"ports":[{"node_port":"x"},7],"memory":"lots","cpus":"NaN",
             "deploy_opts":[],"user":"  ","log_opts":{"a":[]},"cpu_shares":99999999999}
            """));

        Assert.Equal(422, refusal.Status);
        Assert.Equal(
            """
            {"error":{"name":"Name isn't a string","image":"Image isn't a string","stateful":"Stateful isn't a boolean","instances":"Instances isn't an integer",
            "user":"User can't be blank","cmd":[null,"Cmd[1] isn't a string","Cmd[2] can't be nil"],"env":"Env isn't an array",
            "ports":[{"node_port":"Node Port isn't an integer"},"Ports[1] isn't a hash"],"memory":"Memory isn't an integer","cpus":"Cpus is invalid",
            "cpu_shares":"Cpu Shares is too big","log_opts":{"a":"Log Opts a isn't a string"},"deploy_opts":"Deploy Opts isn't a hash"}}
            """.ReplaceLineEndings(""),
            refusal.Body!.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Fact]
    public void Values_of_a_map_have_a_type_too()
    {
        var taken = RequestBody.Read(Parse("""{"stack_quotas":{"shop":{"memory":"1024"},"none":null}}"""), KontenaResponseJson.Wire.GridRequest);
        Assert.Equal(1024, Assert.Single(taken.StackQuotas!).Value.Memory);

        var refusal = Assert.Throws<HttpRefusal>(() => RequestBody.Read(
            Parse("""{"stack_quotas":{"shop":2,"web":{"memory":"much"}}}"""), KontenaResponseJson.Wire.GridRequest));
        Assert.Equal("""{"error":{"stack_quotas":{"shop":"Stack Quotas shop isn\u0027t a hash","web":{"memory":"Memory isn\u0027t an integer"}}}}""", refusal.Body!.ToJsonString());
    }

    [Fact]
    public void Mistakes_in_a_stacks_services_stand_under_their_names()
    {
        var refusal = Assert.Throws<HttpRefusal>(() => RequestBody.Read(
            Parse("""{"services":[{"name":"web","env":5},{"image":[]}]}"""), KontenaResponseJson.Wire.StackRequest));

        var services = refusal.Body!["error"]!["services"]!;
        Assert.Equal("Env isn't an array", (string?)services["web"]!["env"]);
        Assert.Equal("Image isn't a string", (string?)services["[1]"]!["image"]);
    }

    [Fact]
    public void Control_characters_become_a_blank() =>
        Assert.Equal(["a b\tc\n"], Service("""{"env":["a\u0000\u001bb\tc\n"]}""").Env!);

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("\"text\"")]
    public void A_body_is_an_object(string json) => Assert.Equal(400, Assert.Throws<HttpRefusal>(() => Service(json)).Status);

    [Fact]
    public void Any_json_is_taken_or_refused_in_words()
    {
        string[] keys = ["name", "image", "env", "ports", "node_port", "links", "log_opts", "hooks", "pre_start", "health_check", "instances", "cpus", "services", "x"];
        string[] leaves = ["null", "1", "-7", "1.5", "1e400", "99999999999999999999999999999999999999999", "true", "\"\"", "\"text\"", "\"\\u0007\"", "\"12x\"", "{}", "[]"];
        var json = Gen.Sized(size => Value(Math.Min(size, 5))).ToArbitrary();

        Prop.ForAll(json, text =>
        {
            try
            {
                Service(text);
                return true;
            }
            catch (HttpRefusal refusal)
            {
                return refusal.Status is 400 or 422 && refusal.Body is not null;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

        Gen<string> Value(int depth) => depth == 0
            ? Gen.Elements(leaves)
            : Gen.OneOf(
                Gen.Elements(leaves),
                Value(depth - 1).ListOf(3).Select(items => $"[{string.Join(',', items)}]"),
                Gen.Elements(keys).Zip(Value(depth - 1)).ListOf(4).Select(members => $"{{{string.Join(',', members.Select(one => $"\"{one.Item1}\":{one.Item2}"))}}}"));
    }

    private static ServiceRequest Service(string json) => RequestBody.Read(Parse(json), KontenaResponseJson.Wire.ServiceRequest);

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
