using Xunit;
using YamlDotNet.RepresentationModel;

namespace Kontena.Architecture.Tests;

/// <summary>docker-compose.dev.yml, checked as <c>docker compose config</c> would, without the plugin.</summary>
public sealed class ComposeFileTests
{
    private readonly YamlMappingNode _root = Read();

    [Fact]
    public void It_names_the_broker_the_store_the_search_engine_and_every_service()
    {
        string[] expected = ["rabbitmq", "redis", "elasticsearch", "api", "grid-manager", "scheduler", "log-collector", "node-agent"];

        Assert.Equal(expected.Order(), Services().Keys.Order());
    }

    [Fact]
    public void It_is_sound() => Assert.Empty(ComposeCheck.Mistakes(File.ReadAllText(Repository.At("docker-compose.dev.yml"))));

    [Theory]
    [InlineData("services: { a: { image: x, imge: y } }", "a has the unknown key imge")]
    [InlineData("services: { a: { command: [x] } }", "a has neither image nor build")]
    [InlineData("services: { a: { build: { contxt: . } } }", "a.build has the unknown key contxt")]
    [InlineData("services: { a: { image: x, healthcheck: { interval: 5s } } }", "a.healthcheck has no test")]
    [InlineData("services: { a: { image: x, restart: sometimes } }", "a.restart is sometimes")]
    [InlineData("services: { a: { image: x, environment: { K: [1] } } }", "a.environment.K is not a single value")]
    [InlineData("services: { a: { image: x, ports: ['127.0.0.1:80808:80'] } }", "a.ports has '127.0.0.1:80808:80'")]
    [InlineData("services: { a: { image: x, ports: ['127.0.0.300:80:80'] } }", "a.ports has '127.0.0.300:80:80'")]
    [InlineData("services: { a: { image: x, volumes: ['data:/data'] } }", "a.volumes names data, which is not declared")]
    [InlineData("services: { a: { image: x, volumes: ['data'] } }", "a.volumes has 'data'")]
    [InlineData("{ services: { a: { image: x } }, volumes: { data: } }", "volume data is declared and not used")]
    [InlineData("services: { a: { image: x, depends_on: { b: { condition: service_started } } } }", "a waits for b, which is not there")]
    [InlineData(
        "services: { a: { image: x, depends_on: { b: { condition: service_ready } } }, b: { image: x } }",
        "a.depends_on.b has the condition service_ready")]
    [InlineData(
        "services: { a: { image: x, depends_on: { b: { condition: service_healthy } } }, b: { image: x } }",
        "a waits until b is healthy, which has no healthcheck")]
    public void A_mistake_in_it_would_be_found(string yaml, string mistake) => Assert.Equal([mistake], ComposeCheck.Mistakes(yaml));

    [Fact]
    public void What_it_builds_exists()
    {
        var dockerfile = File.ReadAllText(Repository.At("infra", "docker", "Dockerfile"));
        foreach (var service in Services().Values.Where(service => service.Children.ContainsKey("build")))
        {
            var build = (YamlMappingNode)service.Children["build"];
            Assert.Equal("infra/docker/Dockerfile", ((YamlScalarNode)build.Children["dockerfile"]).Value);
            Assert.Contains($" AS {((YamlScalarNode)build.Children["target"]).Value}\n", dockerfile);
        }
    }

    private Dictionary<string, YamlMappingNode> Services() =>
        ((YamlMappingNode)_root.Children["services"]).Children
            .ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => (YamlMappingNode)pair.Value);

    private static YamlMappingNode Read()
    {
        using var reader = new StreamReader(Repository.At("docker-compose.dev.yml"));
        var stream = new YamlStream();
        stream.Load(reader);
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }
}
