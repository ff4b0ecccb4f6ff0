using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Kontena.StackFiles.Tests;

public sealed class MistakesTests
{
    [Theory]
    [InlineData("image: i\ninstances: \"2\"", "instances")]
    [InlineData("image: i\ninstances: 0", "instances")]
    [InlineData("image: i\nstateful: 'true'", "stateful")]
    [InlineData("image: i\nomg: x", "omg")]
    [InlineData("command: x", "image")]
    [InlineData("image: i\nports: [8080]", "ports[0]")]
    [InlineData("image: i\nports: [\"8000-8010:8000-8010\"]", "ports[0]")]
    [InlineData("image: i\nports: [{node_port: 80}]", "ports[0]")]
    [InlineData("image: i\nports: [\"1.2.3.480:80:80\"]", "ports[0]")]
    [InlineData("image: i\nports: [\"70000:80\"]", "ports[0]")]
    [InlineData("image: i\nenvironment: [A]", "environment[0]")]
    [InlineData("image: i\nenvironment: {A: [1]}", "environment.A")]
    [InlineData("image: i\nenvironment: A=1", "environment")]
    [InlineData("image: i\ncommand: [a, b]", "command")]
    [InlineData("image: i\ncommand: 300", "command")]
    [InlineData("image: i\ncommand: \"echo 'a\"", "command")]
    [InlineData("image: i\ndeploy: {interval: 60s}", "deploy.interval")]
    [InlineData("image: i\ndeploy: {strategy: spread}", "deploy.strategy")]
    [InlineData("image: i\ndeploy: {foo: 1}", "deploy.foo")]
    [InlineData("image: i\ndeploy: {spread: az=1}", "deploy.spread")]
    [InlineData("image: i\ndeploy: {max_per_node: many}", "deploy.max_per_node")]
    [InlineData("image: i\ndeploy: {schedule: \"0 25 * * *\"}", "deploy.schedule")]
    [InlineData("image: i\ndeploy: {schedule: \"@daily\", concurrency: never}", "deploy.concurrency")]
    [InlineData("image: i\ndeploy: {schedule: \"@daily\", starting_deadline: soon}", "deploy.starting_deadline")]
    [InlineData("image: i\ndeploy: {reservations: {memory: much}}", "deploy.reservations.memory")]
    [InlineData("image: i\ndeploy: {reservations: {gpu: 1}}", "deploy.reservations.gpu")]
    [InlineData("image: i\ndeploy: ha", "deploy")]
    [InlineData("image: i\nhealth_check: {protocol: https, port: 80}", "health_check.protocol")]
    [InlineData("image: i\nhealth_check: {}", "health_check.port")]
    [InlineData("image: i\nhealth_check: {protocol: none, port: 80}", "health_check.port")]
    [InlineData("image: i\nhealth_check: {protocol: tcp, port: 80, retries: 0}", "health_check.retries")]
    [InlineData("image: i\nhealth_check: {protocol: tcp, port: 80, success_threshold: many}", "health_check.success_threshold")]
    [InlineData("image: i\nreadiness_check: {protocol: none}", "readiness_check.protocol")]
    [InlineData("image: i\nreadiness_check: {protocol: http, port: 80, uri: ready}", "readiness_check.uri")]
    [InlineData("image: i\nhooks: {pre_start: [{name: a, cmd: b, instances: 1, timeout: 2h}]}", "hooks.pre_start[0].timeout")]
    [InlineData("image: i\nhooks: {post_stop: []}", "hooks.post_stop")]
    [InlineData("image: i\nhooks: {post_start: [{name: a, cmd: b}]}", "hooks.post_start[0].instances")]
    [InlineData("image: i\nsecrets: [\"a:b:env\"]", "secrets[0]")]
    [InlineData("image: i\nsecrets: [{secret: a, name: b}]", "secrets[0].type")]
    [InlineData("image: i\naffinity: [node=x]", "affinity")]
    [InlineData("image: i\nnetwork_mode: none", "network_mode")]
    [InlineData("image: i\nnet: host", "net")]
    [InlineData("image: i\nmem_limit: 64mb", "mem_limit")]
    [InlineData("image: i\nvolumes: [\"v:/c\"]", "volumes[0]")]
    [InlineData("image: i\nvolumes: [\"/data:ro\"]", "volumes[0]")]
    [InlineData("image: i\nvolumes: [/a, \"/h:/a\"]", "volumes[1]")]
    [InlineData("image: i\nbuild: 5", "build")]
    [InlineData("image: i\nbuild: {dockerfile: D}", "build.context")]
    [InlineData("image: i\nbuild: {context: ., network: x}", "build.network")]
    [InlineData("image: i\nlinks: [nope]", "links")]
    [InlineData("image: i\nlinks: [s]", "links")]
    [InlineData("image: i\nstop_grace_period: 100ms", "stop_grace_period")]
    public void A_mistake_in_a_service_is_reported_at_its_key_and_line(string body, string key)
    {
        var result = Reading.OfService(body);

        Assert.Null(result.Request);
        Assert.Contains(result.Errors, error => error.Path == $"services.s.{key}" && error is { File: "kontena.yml", Line: > 2 });
    }

    [Fact]
    public void All_mistakes_are_reported_at_once()
    {
        var result = Reading.OfService("imgae: x\nports: [a, b]\ndeploy: {strategy: spread, foo: 1}\nstateful: 1");

        Assert.Equal(
            ["services.s.deploy.foo", "services.s.deploy.strategy", "services.s.image", "services.s.imgae", "services.s.ports[0]", "services.s.ports[1]", "services.s.stateful"],
            result.Errors.Select(error => error.Path).Order(StringComparer.Ordinal));
        Assert.Contains(result.Errors, error => error.Message.Contains("did you mean 'image'?", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("- a")]
    [InlineData("just text")]
    [InlineData("stack: a/b")]
    [InlineData("stack: a/b\nservices:")]
    [InlineData("stack: a/b\nservices: [s]")]
    [InlineData("stack: a/b\nservices: {}")]
    [InlineData("stack: a/b\nservices: {s: nginx}")]
    [InlineData("stack: a/b\nservices:\n\ts: {}")]
    [InlineData("stack: a/b\nservices: {s: {image: i}")]
    [InlineData("services: {s: *nope}")]
    [InlineData("stack: a/b\nvolumes: {v: {driver: local}}")]
    [InlineData("stack: a/b\nservices:\n  s:\n    image: i\n    # {% if x %}\n    command: x")]
    public void A_file_that_makes_no_stack_is_refused_with_a_place(string text)
    {
        var result = Reading.Of(text);

        Assert.Null(result.Request);
        Assert.All(result.Errors, error => Assert.Equal("kontena.yml", error.File));
        Assert.NotEmpty(result.Errors);
    }

    [Fact]
    public void Networks_and_what_is_exposed_are_wrong_all_at_once_each_at_its_line()
    {
        var result = Reading.Of("stack: a/b\nexpose: webb\nnetworks: privat\nservices:\n  web: {image: i}");
        Assert.Equal(
            ["kontena.yml:2:9 expose: there is no service 'webb' in this file, did you mean 'web'?", "kontena.yml:3:11 networks: expected grid or private, found 'privat', did you mean 'private'?"],
            result.Errors.Select(error => error.ToString()));

        var compose = Reading.Of("networks:\n  back:\n  far: {external: true}\nexpose: [80]\nservices:\n  web:\n    image: i\n    networks: [back, backk, default]");
        Assert.Equal([(3, "networks.far.external"), (4, "expose"), (8, "services.web.networks")], compose.Errors.Select(error => (error.Line, error.Path)));
        Assert.Contains("no network 'backk' in this file, did you mean 'back'? Declare it", compose.Errors[2].Message, StringComparison.Ordinal);

        Assert.Contains("left out by its only_if", Assert.Single(Reading.Of(
            "stack: a/b\nvariables: {x: {type: string, value: a}}\nexpose: web\nservices:\n  web: {image: i, only_if: {x: b}}\n  db: {image: i}").Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stack_says_whether_it_is_private_and_networks_of_docker_compose_are_left_out()
    {
        Assert.Equal("private", Reading.Of("stack: a/b\nnetworks: private\nservices: {web: {image: i}}").Request!.Networks);
        Assert.Equal("private", Reading.Of("version: '3'\nnetworks: private\nservices: {web: {image: i}}").Request!.Networks);
        var compose = Reading.Of("networks: {front: {driver: bridge}, back: }\nservices: {web: {image: i, networks: [front]}}");
        Assert.Null(compose.Request!.Networks);
        Assert.Contains(compose.Notices, notice => notice.Message.Contains("networks: private", StringComparison.Ordinal));
    }

    [Fact]
    public void A_circle_of_links_names_its_way()
    {
        var result = Reading.Of("stack: a/b\nservices:\n  a: {image: i, links: [b]}\n  b: {image: i, links: [c]}\n  c: {image: i, links: [a]}");

        Assert.Contains(result.Errors, error => error is { Path: "services.a.links", Line: 3, Column: 25 } && error.Message.Contains("a → b → c → a", StringComparison.Ordinal));
    }

    [Fact]
    public void A_link_to_nowhere_suggests_the_service_that_was_meant()
    {
        var result = Reading.Of("stack: a/b\nservices:\n  web: {image: i, links: [dbb]}\n  db: {image: i}");

        Assert.Contains("service web has missing links: dbb, did you mean 'db'?", Assert.Single(result.Errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stack: a/b\nservices:\n\tweb: {image: i}", 3, 1, "tab")]
    [InlineData("stack: a/b\nservices:\n  web:\n    image: [i\n    command: x", 4, 12, "not closed")]
    [InlineData("stack: a/b\nservices: {web: {image: i}", 3, 1, "")]
    [InlineData("stack: a/b\nservices:\n  web\n    image: i", 4, 10, "")]
    public void Text_that_is_no_YAML_is_blamed_where_it_goes_wrong(string text, int line, int column, string why)
    {
        var error = Assert.Single(Reading.Of(text).Errors);

        Assert.StartsWith("this is not valid YAML: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Line, error.Column));
    }

    [Fact]
    public void A_key_that_is_given_twice_is_noticed_and_the_last_one_counts()
    {
        var result = Reading.Of("stack: a/b\nservices:\n  web: {image: i}\n  web: {image: j}");

        Assert.Equal("j:latest", Assert.Single(result.Request!.Services!).Image);
        Assert.Equal("kontena.yml:4:3: the key 'web' is here a second time; what it had before is left out", Assert.Single(result.Notices).ToString());
    }

    [Fact]
    public void Mistakes_come_in_the_order_of_the_file()
    {
        var result = Reading.OfService("omg: x\nstateful: maybe\nimage: i\ninstances: many\ndeploy: {strategy: spread}\nlinks: [nope]\nports: 80");

        Assert.Equal(6, result.Errors.Count);
        Assert.Equal(result.Errors.Select(error => error.Line).Order(), result.Errors.Select(error => error.Line));
    }

    [Theory]
    [InlineData("links: [nope]", 5, 13)]
    [InlineData("links:\n  - x/y\n  - nope:alias", 7, 9)]
    [InlineData("depends_on: {nope: {}}", 5, 18)]
    public void A_link_to_nowhere_is_reported_where_it_is_written(string body, int line, int column)
    {
        var error = Reading.OfService($"image: i\n{body}").Errors.Single(one => one.Path == "services.s.links");

        Assert.Contains("nope. Add a service of that name", error.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Line, error.Column));
    }

    [Fact]
    public void Attacks_on_the_parser_end_in_one_error()
    {
        Assert.Contains("levels deep", Assert.Single(Reading.Of(new string('[', 20_000)).Errors).Message, StringComparison.Ordinal);

        var bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 12).Select(level =>
            $"{(char)('a' + level)}: &{(char)('a' + level)} [{string.Join(',', Enumerable.Repeat($"*{(char)('a' + level - 1)}", 10))}]\n"));
        Assert.Contains("nodes", Assert.Single(Reading.Of(bomb).Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_text_never_crashes_the_reader()
    {
        string[] pieces = ["stack: a/b\n", "services:\n", "  s:\n", "    image: i\n", "$", "${", "}", "{{", "*a", "&a ", "- ", "\t", "'", "\"", "<<: *a\n", "? ", ": ", "|\n", "\n", "extends: s\n", "[", "]", "!!int "];
        var text = Gen.Elements(pieces).ListOf().Select(list => string.Concat(list)).ToArbitrary();

        Prop.ForAll(text, one =>
        {
            var result = Reading.Of(one);
            return result.Request is not null || result.Errors.Count > 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void An_unknown_key_is_reported_with_its_exact_path_wherever_it_is()
    {
        string[] places = ["services.s", "services.s.deploy", "services.s.health_check", "services.s.readiness_check", "services.s.logging", "services.s.build", "services.s.hooks"];
        foreach (var place in places)
        {
            var inner = place == "services.s" ? "qqqqqq: 1" : $"{place.Split('.')[^1]}: {{qqqqqq: 1}}";
            Assert.Contains(Reading.OfService($"image: i\n{inner}").Errors, error => error.Path == $"{place}.qqqqqq");
        }
    }
}
