using System.Text;

namespace Kontena.Docker.Tests.Wire;

/// <summary>What goes over the wire for a call.</summary>
public class RequestTests : WireTest
{
    [Fact]
    public async Task A_container_with_nothing_special_is_asked_for_with_nothing_special()
    {
        var (server, client) = Start(request => request.Call == "/containers/create" ? WireAnswer.Json("""{"Id":"abc","Warnings":["no swap"]}""", 201) : null);

        var created = await client.CreateContainerAsync("web-1", new ContainerConfig { Image = "web:1" }, Cancel);

        Assert.Equal(("abc", "no swap"), (created.Id, Assert.Single(created.Warnings)));
        var request = server.Requests.Last();
        Assert.Equal("/v1.45/containers/create?name=web-1", request.Path);
        Assert.Equal("""{"Image":"web:1","HostConfig":{"NetworkMode":"bridge"}}""", request.Body);
        Assert.Equal("application/json", request.Headers["content-type"]);
    }

    [Fact]
    public async Task All_that_is_asked_for_is_sent()
    {
        var (server, client) = Start(request => request.Call == "/containers/create" ? WireAnswer.Json("""{"Id":"abc"}""", 201) : null);

        await client.CreateContainerAsync("web-1", new ContainerConfig
        {
            Image = "web:1",
            Cmd = ["run"],
            Ports = new Dictionary<string, IReadOnlyList<PortPublication>> { ["80/tcp"] = [new PortPublication("", 8080)], ["53/udp"] = [] },
            NetworkMode = "grid",
            Endpoint = new EndpointConfig { Aliases = ["web.shop"], Links = ["db:db"], Address = "10.81.1.7" },
            Cpus = 0.1,
            Memory = 64,
            RestartPolicy = "on-failure:3",
            Devices = ["/dev/fuse:rw"],
            LogDriver = "json-file",
            LogOptions = new Dictionary<string, string> { ["max-size"] = "10m" },
            AnonymousVolumes = ["/a", "/a"],
        }, Cancel);

        Assert.Equal(
            """{"Image":"web:1","Cmd":["run"],"ExposedPorts":{"80/tcp":{},"53/udp":{}},"Volumes":{"/a":{}},"HostConfig":{"NetworkMode":"grid","PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"8080"}],"53/udp":[]},"RestartPolicy":{"Name":"on-failure","MaximumRetryCount":3},"Memory":64,"NanoCpus":100000000,"Devices":[{"PathOnHost":"/dev/fuse","PathInContainer":"/dev/fuse","CgroupPermissions":"rw"}],"LogConfig":{"Type":"json-file","Config":{"max-size":"10m"}}},"NetworkingConfig":{"EndpointsConfig":{"grid":{"Aliases":["web.shop"],"Links":["db:db"],"IPAMConfig":{"IPv4Address":"10.81.1.7"}}}}}""",
            server.Requests.Last().Body);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("")]
    [InlineData(".")]
    public async Task A_name_cannot_become_another_request(string name)
    {
        var (server, client) = Start(_ => null);

        await Assert.ThrowsAsync<EngineException>(() => client.StopContainerAsync(name, TimeSpan.Zero, Cancel));
        await Assert.ThrowsAsync<EngineException>(() => client.InspectImageAsync($"x/{name}/y", Cancel));

        Assert.DoesNotContain(server.Requests, r => r.Path != "/version");
    }

    [Fact]
    public async Task Odd_characters_in_names_and_filters_are_escaped()
    {
        var (server, client) = Start(request => request.Path == "/version" ? null : request.Call == "/containers/json" ? WireAnswer.Json("[]") : WireAnswer.Status(204));

        await client.StopContainerAsync("a/../b?c=d#e %", TimeSpan.FromSeconds(1.2), Cancel);
        Assert.Equal("/v1.45/containers/a%2F..%2Fb%3Fc%3Dd%23e%20%25/stop?t=2", server.Requests.Last().Path);

        await client.ListContainersAsync(["a=b&c", "d\"e"], Cancel);
        var query = Uri.UnescapeDataString(server.Requests.Last().Path.Split("filters=")[1]);
        Assert.Equal("{\"label\":[\"a=b\\u0026c\",\"d\\u0022e\"]}", query);
    }

    [Theory]
    [InlineData("busybox", "fromImage=busybox&tag=latest")]
    [InlineData("registry:5000/a/b", "fromImage=registry%3A5000%2Fa%2Fb&tag=latest")]
    [InlineData("registry:5000/a/b:1.2", "fromImage=registry%3A5000%2Fa%2Fb&tag=1.2")]
    [InlineData("a@sha256:00ff", "fromImage=a&tag=sha256%3A00ff")]
    [InlineData("a:1@sha256:00ff", "fromImage=a&tag=sha256%3A00ff")]
    public async Task A_pull_names_image_and_tag_apart(string image, string query)
    {
        var (server, client) = Start(request => request.Call == "/images/create" ? WireAnswer.Chunks("{\"status\":\"done\"}\r\n"u8.ToArray()) : null);

        await client.PullImageAsync(image, new RegistryLogin("https://r.example/", "ü~?", "p>>w", "me@example"), progress: null, Cancel);

        var request = server.Requests.Last();
        Assert.Equal($"/v1.45/images/create?{query}", request.Path);
        var header = request.Headers["x-registry-auth"];
        Assert.Matches("^[A-Za-z0-9_-]+=*$", header);
        Assert.Equal(
            """{"username":"\u00FC~?","password":"p\u003E\u003Ew","email":"me@example","serveraddress":"https://r.example/"}""",
            Encoding.UTF8.GetString(Convert.FromBase64String(header.Replace('-', '+').Replace('_', '/'))));
    }
}
