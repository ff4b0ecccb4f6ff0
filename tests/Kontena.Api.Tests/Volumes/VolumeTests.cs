using Kontena.Contracts.Commands;
using Kontena.Contracts.Volumes;
using Kontena.State;

namespace Kontena.Api.Tests.Volumes;

/// <summary>Named volumes over HTTP (rest-api.md §20).</summary>
public sealed class VolumeTests : IAsyncLifetime
{
    private ApiUnderTest _api = null!;

    private static readonly Volume Data = new()
    {
        Grid = "main", Name = "data", Uid = "uid-1", Scope = VolumeScope.Instance, Driver = "local", CreatedAt = Some.Noon, UpdatedAt = Some.Noon,
    };

    public async ValueTask InitializeAsync()
    {
        _api = await ApiUnderTest.StartAsync(options => options with { RemovalTimeout = TimeSpan.FromMilliseconds(300) });
        await _api.SeedAsync();
        var service = Some.Service("db");
        await _api.PutAsync(StateKeys.Service, "main", service with { Spec = service.Spec with { Volumes = ["data:/data"] } });
        await _api.PutAsync(StateKeys.Volume, "main", Data);
        await _api.PutAsync(StateKeys.VolumeInstance, "main",
            Place("ABCD:0001", "former-name", "shop.db.data-1"), Place("GONE", "core-09", "shop.db.data-2"), Place("ABCD:0001", "x", "old") with { VolumeUid = "uid-0" });
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    private static VolumeInstance Place(string nodeId, string node, string name) => new()
    {
        Grid = "main", NodeId = nodeId, Node = node, Name = name, Volume = "data", VolumeUid = "uid-1", CreatedAt = Some.Noon,
    };

    [Fact]
    public async Task Show_has_the_keys_of_the_original_and_says_where_the_data_is()
    {
        var answer = await _api.GetAsync("/v1/volumes/main/data");
        Assert.Equal(200, answer.Status);
        Assert.Equal(
            """{"id":"main/data","created_at":"2026-03-01T12:00:00.000Z","updated_at":"2026-03-01T12:00:00.000Z","name":"data","scope":"instance","driver":"local","driver_opts":{},"instances":[{"node":"core-01","name":"shop.db.data-1"},{"node":"core-09","name":"shop.db.data-2"}],"services":[{"id":"main/shop/db"}]}""",
            answer.Text);
    }

    [Fact]
    public async Task List_leaves_out_what_is_being_removed()
    {
        await _api.PutAsync(StateKeys.Volume, "main", Data with { Name = "leaving", RemovedAt = Some.Noon });
        var volumes = (await _api.GetAsync("/v1/volumes/main")).Json["volumes"]!.AsArray();
        Assert.Equal("data", (string?)Assert.Single(volumes)!["name"]);
        Assert.Equal("""{"error":"Volume leaving not found"}""", (await _api.GetAsync("/v1/volumes/main/leaving")).Text);
    }

    [Fact]
    public async Task What_is_not_there_is_named()
    {
        Assert.Equal((404, """{"error":"Grid nope not found"}"""), (await _api.GetAsync("/v1/volumes/nope") is var list ? (list.Status, list.Text) : default));
        Assert.Equal((404, """{"error":"Volume nope not found"}"""), (await _api.GetAsync("/v1/volumes/main/nope") is var show ? (show.Status, show.Text) : default));
        Assert.Equal(404, (await _api.SendAsync(HttpMethod.Delete, "/v1/volumes/main/nope")).Status);
    }

    [Fact]
    public async Task Create_answers_the_volume_and_needs_no_options()
    {
        _api.Bus.Answer<CreateVolume>(_ => CommandResult.Done("data"));
        var answer = await _api.PostAsync("/v1/volumes/main", new { name = "data", scope = "instance", driver = "local" });
        Assert.Equal((201, "main/data"), (answer.Status, (string?)answer.Json["id"]));
        Assert.Equal(new CreateVolume { Grid = "main", Name = "data", Scope = "instance", Driver = "local" }, _api.Bus.Single<CreateVolume>());
    }

    [Fact]
    public async Task A_refusal_keeps_its_place()
    {
        _api.Bus.Answer<DeleteVolume>(_ => CommandResult.Refused(FieldError.At("data", "Volume still in use in services [shop/db]")));
        var answer = await _api.SendAsync(HttpMethod.Delete, "/v1/volumes/main/data");
        Assert.Equal((422, """{"error":{"data":"Volume still in use in services [shop/db]"}}"""), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task Delete_answers_when_the_data_is_gone()
    {
        _api.Bus.Answer<DeleteVolume>(_ =>
        {
            _api.DeleteAsync(StateKeys.Volume, "main", "data").GetAwaiter().GetResult();
            return CommandResult.Done();
        });
        var answer = await _api.SendAsync(HttpMethod.Delete, "/v1/volumes/main/data");
        Assert.Equal((200, "{}"), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task Delete_says_who_still_holds_data()
    {
        await _api.PutAsync(StateKeys.Volume, "main", Data with { RemovedAt = Some.Noon });
        await _api.PutAsync(StateKeys.VolumeInstance, "main", Place("ABCD:0001", "core-01", "shop.db.data-1") with { Error = "shop.db-1 mounts it" });
        var answer = await _api.SendAsync(HttpMethod.Delete, "/v1/volumes/main/data");
        Assert.Equal(503, answer.Status);
        Assert.Contains("core-01: shop.db-1 mounts it", answer.Text, StringComparison.Ordinal);
    }
}
