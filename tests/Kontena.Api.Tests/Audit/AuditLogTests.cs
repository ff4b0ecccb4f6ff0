using Kontena.Contracts.Audit;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Identity;
using Kontena.Contracts.Volumes;
using Kontena.Core.Audit;
using Kontena.State;

namespace Kontena.Api.Tests.Audit;

/// <summary>The audit log over HTTP (rest-api.md §8).</summary>
public sealed class AuditLogTests : IAsyncLifetime
{
    private readonly Dictionary<string, AuditHead> _heads = [];
    private ApiUnderTest _api = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiUnderTest.StartAsync();
        await _api.SeedAsync();
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    /// <summary>In grid-manager's place.</summary>
    private async Task<AuditRecord> WriteAsync(string partition, int minute, string type, string name, string what, string? grid = "main", AuditOutcome outcome = AuditOutcome.Success, string writer = "grid-manager")
    {
        var (record, head) = AuditChain.Append(_heads.GetValueOrDefault($"{partition}/{writer}"), new AuditRecord
        {
            Writer = writer, Sequence = 0, Previous = "", Hash = "", At = Some.Noon.AddMinutes(minute), Grid = grid, ResourceType = type, ResourceName = name,
            ResourceId = $"id-of-{name}", Event = what, Outcome = outcome, Command = "Some",
            Caller = new Caller { Id = "5a9f", Name = "ann@example.com", Kind = CallerKind.User, Address = minute == 0 ? null : "10.0.0.9", Program = "kontena-cli/1.5.4" },
        });
        _heads[$"{partition}/{writer}"] = head;
        await _api.PutAsync(StateKeys.AuditRecord, partition, record);
        await _api.PutAsync(StateKeys.AuditHead, partition, head);
        return record;
    }

    private async Task<string> NamesAsync(string path) =>
        string.Join(' ', (await _api.GetAsync(path)).Json["logs"]!.AsArray().Select(log => log!["resource_name"]!.GetValue<string>()));

    [Fact]
    public async Task An_entry_has_the_keys_of_the_original_in_its_order()
    {
        await WriteAsync("main", 0, "GridService", "api", "scale");
        var answer = await _api.GetAsync("/v1/grids/main/audit_log");
        Assert.Equal(200, answer.Status);
        Assert.Equal(
            """{"logs":[{"time":"2026-03-01T12:00:00.000Z","grid":"main","grid_id":"main","service":"id-of-api","resource_type":"GridService","resource_name":"api","resource_id":"id-of-api","event_name":"scale","event_status":"success","source_ip":"0.0.0.0","user_agent":"kontena-cli/1.5.4","user_identity":{"id":"5a9f","email":"ann@example.com"}}]}""",
            answer.Text);
    }

    [Fact]
    public async Task The_newest_come_oldest_first_from_the_grid_and_from_what_happened_to_it()
    {
        await WriteAsync(StateKeys.System, 1, "Grid", "main", "create");
        for (var number = 2; number < 62; number++)
            await WriteAsync("main", number, "Stack", $"s{number}", "create", outcome: number == 60 ? AuditOutcome.Refused : AuditOutcome.Success);
        await WriteAsync(StateKeys.System, 62, "User", "bob", "assign user");
        await WriteAsync(StateKeys.System, 63, "User", "eve", "invite", grid: null);

        Assert.Equal("s60 s61 bob", await NamesAsync("/v1/grids/main/audit_log?limit=3"));
        Assert.Equal("bob eve", await NamesAsync("/v1/audit_logs?limit=2"));
        Assert.StartsWith("main s2 ", await NamesAsync("/v1/grids/main/audit_log"), StringComparison.Ordinal);
        foreach (var nothing in new[] { "limit", "limit=0", "limit=3001", "limit=-1", "limit=x", "limit=1e3" })
            Assert.Equal(62, (await NamesAsync($"/v1/grids/main/audit_log?{nothing}")).Split(' ').Length);
        var logs = (await _api.GetAsync("/v1/grids/main/audit_log")).Json["logs"]!.AsArray();
        Assert.Equal("s60 refused", string.Join(' ', logs.Where(log => log!["event_status"]!.GetValue<string>() != "success").Select(log => $"{log!["resource_name"]} {log["event_status"]}")));
    }

    [Fact]
    public async Task Who_was_refused_in_a_grid_stands_at_its_time_among_what_was_done_with_it()
    {
        await WriteAsync(StateKeys.System, 1, "Grid", "main", "create");
        await WriteAsync("main", 2, "Stack", "web", "create");
        await WriteAsync(StateKeys.System, 3, "User", "bob", "assign user");
        await WriteAsync(StateKeys.System, 4, "Access", "secrets", "refuse", outcome: AuditOutcome.Refused, writer: "api");
        await WriteAsync("main", 5, "Stack", "web2", "create");

        Assert.Equal("secrets web2", await NamesAsync("/v1/grids/main/audit_log?limit=2"));
        Assert.Equal("main web bob secrets web2", await NamesAsync("/v1/grids/main/audit_log"));
    }

    [Fact]
    public async Task What_happened_in_a_removed_grid_is_still_told_to_master_admins()
    {
        await WriteAsync("gone", 1, "Stack", "web", "create", "gone");
        await WriteAsync(StateKeys.System, 2, "Grid", "gone", "delete", "gone");
        Assert.Equal("web gone", await NamesAsync("/v1/audit_logs"));
        Assert.Equal(404, (await _api.GetAsync("/v1/grids/gone/audit_log")).Status);
    }

    [Fact]
    public async Task The_log_of_all_grids_is_for_master_admins_and_says_403_to_others()
    {
        var user = await _api.ClientOfAsync(Some.User("user@example.com", ["main"]), "a-token-of-a-user");
        Assert.Equal(403, (await _api.SendAsync(HttpMethod.Get, "/v1/audit_logs", client: user)).Status);
        Assert.Equal(403, (await _api.SendAsync(HttpMethod.Get, "/v1/audit_logs/verify", client: user)).Status);
        Assert.Equal(200, (await _api.SendAsync(HttpMethod.Get, "/v1/grids/main/audit_log", client: user)).Status);
    }

    [Fact]
    public async Task Verification_names_the_first_record_that_was_changed_or_removed()
    {
        await WriteAsync(StateKeys.System, 1, "Grid", "main", "create");
        await WriteAsync("main", 2, "Stack", "web", "create");
        var second = await WriteAsync("main", 3, "Stack", "web", "update");
        await WriteAsync("main", 4, "Stack", "web", "delete");
        Assert.Equal("true", (await _api.GetAsync("/v1/grids/main/audit_log/verify")).Json["intact"]!.ToJsonString());

        await _api.PutAsync(StateKeys.AuditRecord, "main", second with { Event = "patch" });
        var answer = (await _api.GetAsync("/v1/grids/main/audit_log/verify")).Json;
        Assert.Equal("false", answer["intact"]!.ToJsonString());
        Assert.Equal(["", "grid-manager/000000000002"], answer["chains"]!.AsArray().Select(chain => chain!["broken_record"]?.GetValue<string>() ?? ""));

        await _api.DeleteAsync(StateKeys.AuditRecord, "main", "grid-manager/000000000001");
        Assert.Contains("grid-manager/000000000001", (await _api.GetAsync("/v1/audit_logs/verify")).Text, StringComparison.Ordinal);
        await _api.DeleteAsync(StateKeys.AuditHead, "main", "grid-manager");
        Assert.Contains("has no chain", (await _api.GetAsync("/v1/audit_logs/verify")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_asks_travels_with_the_command()
    {
        _api.Bus.Answer<DeleteVolume>(_ => CommandResult.Refused(FieldError.At("name", "no")));
        var user = await _api.ClientOfAsync(Some.User("user@example.com", ["main"]), "a-token-of-a-user");
        user.DefaultRequestHeaders.UserAgent.ParseAdd("kontena-cli/1.5.4");
        await _api.PutAsync(StateKeys.Volume, "main", new Volume
        {
            Grid = "main", Name = "data", Uid = "5a9f", Scope = VolumeScope.Grid, Driver = "local", CreatedAt = Some.Noon, UpdatedAt = Some.Noon,
        });
        Assert.Equal(422, (await _api.SendAsync(HttpMethod.Delete, "/v1/volumes/main/data", client: user)).Status);
        var caller = Assert.Single(_api.Bus.Callers);
        Assert.Equal(("user@example.com", CallerKind.User, "127.0.0.1", "kontena-cli/1.5.4"), (caller?.Name, caller?.Kind, caller?.Address, caller?.Program));
    }
}
