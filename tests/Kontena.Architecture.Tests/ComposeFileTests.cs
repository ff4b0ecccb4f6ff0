using Xunit;
using YamlDotNet.RepresentationModel;

namespace Kontena.Architecture.Tests;

/// <summary>docker-compose.dev.yml, checked as <c>docker compose config</c> would, without the plugin.</summary>
public sealed class ComposeFileTests
{
    private static readonly string[] ServiceKeys =
        ["image", "build", "command", "environment", "ports", "volumes", "depends_on", "healthcheck", "network_mode", "privileged", "restart", "pid"];

    private readonly YamlMappingNode _root = Read();

    [Fact]
    public void It_names_the_broker_the_store_the_search_engine_and_every_service()
    {
        string[] expected = ["rabbitmq", "redis", "elasticsearch", "api", "grid-manager", "scheduler", "log-collector", "node-agent"];

        Assert.Equal(expected.Order(), Services().Keys.Order());
    }

    [Fact]
    public void Every_service_has_an_image_or_a_build_and_only_known_keys()
    {
        foreach (var (name, service) in Services())
        {
            var keys = service.Children.Keys.Select(key => ((YamlScalarNode)key).Value!).ToList();
            Assert.True(keys.Contains("image") || keys.Contains("build"), $"{name} has neither image nor build");
            Assert.True(keys.All(ServiceKeys.Contains), $"{name}: {string.Join(", ", keys.Except(ServiceKeys))}");
        }
    }

    [Fact]
    public void What_it_builds_and_waits_for_exists()
    {
        var dockerfile = File.ReadAllText(Repository.At("infra", "docker", "Dockerfile"));
        var services = Services();
        foreach (var (name, service) in services)
        {
            if (service.Children.TryGetValue("build", out var build))
            {
                var target = ((YamlScalarNode)((YamlMappingNode)build).Children["target"]).Value;
                Assert.Contains($" AS {target}\n", dockerfile);
            }

            if (service.Children.TryGetValue("depends_on", out var needs))
            {
                foreach (var need in ((YamlMappingNode)needs).Children.Keys)
                    Assert.True(services.ContainsKey(((YamlScalarNode)need).Value!), $"{name} waits for {need}, which is not there");
            }
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
