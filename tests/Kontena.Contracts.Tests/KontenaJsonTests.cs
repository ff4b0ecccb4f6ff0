using System.Text.Json;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Xunit;

namespace Kontena.Contracts.Tests;

public sealed class KontenaJsonTests
{
    private static readonly ApplyInstance Order = new()
    {
        InstanceId = "0123456789abcdef01234567",
        Generation = 7,
        Desired = DesiredState.Stopped,
        Spec = new InstanceSpec
        {
            Name = "shop.web-1",
            Grid = "prod",
            Stack = "shop",
            Service = "web",
            ServiceUid = "u",
            Number = 1,
            Image = "web:1",
            ServiceRevision = 3,
            DeployRev = "d",
            Env = ["A=1"],
            Ports = [new PortMapping(80, 8080, Protocol: "udp")],
            Labels = new Dictionary<string, string> { ["k"] = "v" },
        },
    };

    [Fact]
    public void An_order_survives_being_written_and_read()
    {
        var json = JsonSerializer.Serialize(Order, KontenaJson.Default.ApplyInstance);

        var read = JsonSerializer.Deserialize(json, KontenaJson.Default.ApplyInstance)!;

        Assert.Equal(json, JsonSerializer.Serialize(read, KontenaJson.Default.ApplyInstance));
        Assert.Equal(Order.Spec.Ports, read.Spec.Ports);
        Assert.Contains("\"desired\":\"Stopped\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_older_process_does_not_know_means_as_before()
    {
        var check = JsonSerializer.Deserialize("""{"protocol":"tcp","port":80,"uri":"/","timeout":10,"interval":60,"initialDelay":10}""", KontenaJson.Default.HealthCheckSpec);

        Assert.Equal(new HealthCheckSpec("tcp", 80), check);
        Assert.Equal((1, null), (check!.SuccessThreshold, check.Retries));
    }

    [Fact]
    public void A_member_that_a_newer_process_wrote_is_passed_over()
    {
        var json = JsonSerializer.Serialize(Order, KontenaJson.Default.ApplyInstance).Insert(1, "\"somethingNew\":{\"a\":[1]},");

        Assert.Equal(7, JsonSerializer.Deserialize(json, KontenaJson.Default.ApplyInstance)!.Generation);
    }

    [Theory]
    [InlineData("node", """{"grid":"g","name":"n","number":1,"brokerPasswordHash":"h","somethingNew":{"a":[1]},"createdAt":"2026-03-01T00:00:00+00:00","updatedAt":"2026-03-01T00:00:00+00:00"}""")]
    [InlineData("grid", """{"name":"g","token":"t","somethingNew":"x","createdAt":"2026-03-01T00:00:00+00:00","updatedAt":"2026-03-01T00:00:00+00:00"}""")]
    public void What_a_newer_process_wrote_into_a_document_stays_when_an_older_one_changes_it(string kind, string json)
    {
        var written = kind == "node"
            ? JsonSerializer.Serialize(JsonSerializer.Deserialize(json, KontenaJson.Default.Node)! with { Number = 2 }, KontenaJson.Default.Node)
            : JsonSerializer.Serialize(JsonSerializer.Deserialize(json, KontenaJson.Default.Grid)! with { Token = "other" }, KontenaJson.Default.Grid);
        Assert.Contains("\"somethingNew\":", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_of_a_request_may_come_as_text()
    {
        var request = JsonSerializer.Deserialize("""{"instances":"3","ports":[{"node_port":"80","container_port":80}]}""", KontenaHttpJson.Default.ServiceRequest)!;

        Assert.Equal((3, 80), (request.Instances, request.Ports![0].NodePort));
    }
}
