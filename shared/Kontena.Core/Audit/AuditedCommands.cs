using System.Collections.Frozen;
using System.Globalization;
using Kontena.Contracts.Audit;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Config;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Identity;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Networking;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Registries;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Contracts.Vault;
using Kontena.Contracts.Volumes;

namespace Kontena.Core.Audit;

/// <summary>How a command is written down.</summary>
/// <param name="ResourceType">In the original's words (rest-api.md §22.1); ours for what it does not write down.</param>
/// <param name="Event">The original's <c>event_name</c>.</param>
/// <param name="Name">What people call the thing; null where it has no name.</param>
/// <param name="Path">Its id in paths, for when it has no other.</param>
/// <param name="Grid">Null for what belongs to none.</param>
/// <param name="Kind">Of its document, when that has a <c>uid</c>; null: the path is its id.</param>
/// <param name="Document">The document's id.</param>
/// <param name="Parameters">What was asked for. Listed one by one, so that a new member with a secret does not get here by itself.</param>
public sealed record AuditEntry(
    string ResourceType, string Event, string? Name, string Path, string? Grid, string? Kind, string? Document, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>Grids, people and programs are everybody's: what happens to them is not written in a grid's own chain.</summary>
    public bool IsAboutMaster => ResourceType is "Grid" or "User" or "AccessToken" or "Configuration" or "Integration" or "DeadLetters";

    private const int LongestText = 500;

    /// <summary>What a chain is continued with (see <see cref="AuditChain.Append"/>).</summary>
    /// <param name="answer">What became of it; null: it was carried out.</param>
    /// <param name="uid">Of the thing, where it has one.</param>
    public AuditRecord ToRecord(string writer, object command, Caller caller, DateTimeOffset at, CommandResult? answer, string? uid) => new()
    {
        Writer = writer,
        Sequence = 0,
        Previous = "",
        Hash = "",
        At = at,
        Grid = Clean(Grid),
        ResourceType = ResourceType,
        ResourceName = Clean(Name),
        ResourceId = uid ?? Clean(Path) ?? "",
        Event = Event,
        Outcome = answer is { Outcome: not CommandOutcome.Done } ? AuditOutcome.Refused : AuditOutcome.Success,
        Reason = Clean(answer is null ? null : string.Join("; ", answer.Errors.Select(error => $"{string.Join('.', error.Path)}: {error.Message}"))),
        Caller = caller,
        Command = command.GetType().Name,
        Parameters = Parameters,
    };

    // A refused name may be anything.
    private static string? Clean(string? text) =>
        string.IsNullOrEmpty(text) ? null : string.Concat(text.Take(LongestText).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
}

/// <summary>The one table from commands to what the audit log says of them. Whatever changes something is here; <see cref="NotWrittenDown"/> says of every other message why not.</summary>
public static class AuditedCommands
{
    private static readonly FrozenDictionary<Type, Func<object, AuditEntry?>> Entries = new Dictionary<Type, Func<object, AuditEntry?>>
    {
        [typeof(CreateGrid)] = Of<CreateGrid>(one => Grid("create", one.Name, ("subnet", one.Subnet), ("supernet", one.Supernet), ("initial_size", Text(one.InitialSize)))),
        [typeof(UpdateGrid)] = Of<UpdateGrid>(one => Grid("update", one.Grid, ("default_affinity", Text(one.DefaultAffinity)), ("trusted_subnets", Text(one.TrustedSubnets)), ("rebalance", one.Rebalance))),
        [typeof(DeleteGrid)] = Of<DeleteGrid>(one => Grid("delete", one.Grid)),
        [typeof(ChangeGridUser)] = Of<ChangeGridUser>(one => Person(one.Remove ? "unassign user" : "assign user", one.Email, one.Grid)),
        [typeof(InviteUser)] = Of<InviteUser>(one => Person("invite", one.Email)),
        [typeof(RemoveUser)] = Of<RemoveUser>(one => Person("delete", one.Email)),
        [typeof(ChangeUserRole)] = Of<ChangeUserRole>(one => Person(one.Take ? "remove role" : "add role", one.Email, null, ("role", one.Role))),
        [typeof(CreateIntegration)] = Of<CreateIntegration>(one => Integration("create", one.Name, ("roles", Text(one.Roles)), ("grids", Text(one.Grids)))),
        [typeof(RemoveIntegration)] = Of<RemoveIntegration>(one => Integration("delete", one.Name)),
        [typeof(CreateToken)] = Of<CreateToken>(one => Token("create", one.UserId, ("scopes", Text(one.Scopes)), ("expires_in", Text(one.ExpiresIn)))),
        [typeof(CreateCode)] = Of<CreateCode>(one => Token("create code", one.UserId, ("scopes", Text(one.Scopes)), ("expires_in", Text(one.ExpiresIn)))),
        [typeof(RedeemCode)] = Of<RedeemCode>(_ => Token("redeem code", null)),
        [typeof(RefreshToken)] = Of<RefreshToken>(_ => Token("refresh", null)),
        [typeof(RemoveToken)] = Of<RemoveToken>(one => Token("delete", one.Id)),
        [typeof(CreateNode)] = Of<CreateNode>(one => Node("create", one.Grid, one.Name, ("labels", Text(one.Labels)))),
        [typeof(UpdateNode)] = Of<UpdateNode>(one => Node("update", one.Grid, one.Node, ("labels", Text(one.Labels)), ("availability", one.Availability))),
        [typeof(ResetNodeToken)] = Of<ResetNodeToken>(one => Node(one.Clear ? "clear token" : "reset token", one.Grid, one.Node)),
        [typeof(NoteTokenShown)] = Of<NoteTokenShown>(one => Node("show token", one.Grid, one.Node)),
        [typeof(RotateNodeKey)] = Of<RotateNodeKey>(one => Node("rotate key", one.Grid, one.Node)),
        [typeof(RemoveNode)] = Of<RemoveNode>(one => Node("remove node", one.Grid, one.Node)),
        [typeof(CreateStack)] = Of<CreateStack>(one => Stack("create", one.Grid, one.Request.Name)),
        [typeof(UpdateStack)] = Of<UpdateStack>(one => Stack("update", one.Grid, one.Stack)),
        [typeof(PatchStack)] = Of<PatchStack>(one => Stack("patch", one.Grid, one.Stack, ("labels", Text(one.Labels)))),
        [typeof(ApplyStackRevision)] = Of<ApplyStackRevision>(one => Stack("deploy", one.Grid, one.Stack)),
        [typeof(SetStackState)] = Of<SetStackState>(one => Stack(one.State == ServiceState.Stopped ? "stop" : "start", one.Grid, one.Stack)),
        [typeof(RemoveStack)] = Of<RemoveStack>(one => Stack("delete", one.Grid, one.Stack)),
        [typeof(CreateService)] = Of<CreateService>(one => Service("create", one.Grid, Contracts.Services.Service.NoStack, one.Request.Name)),
        [typeof(UpdateService)] = Of<UpdateService>(one => Service(one.SetEnv is not null ? "add_env" : one.UnsetEnv is not null ? "remove_env" : "update", one.Grid, one.Stack, one.Service)),
        [typeof(SetServiceState)] = Of<SetServiceState>(one => Service(
            one.Instances is not null ? "scale" : one.State == ServiceState.Stopped ? "stop" : "start", one.Grid, one.Stack, one.Service, ("instances", Text(one.Instances)))),
        [typeof(RollbackService)] = Of<RollbackService>(one => Service("rollback", one.Grid, one.Stack, one.Service, ("to_revision", Text(one.ToRevision)), ("deploy_id", one.DeployId))),
        [typeof(RemoveService)] = Of<RemoveService>(one => Service("delete", one.Grid, one.Stack, one.Service)),
        [typeof(CreateVolume)] = Of<CreateVolume>(one => Volume("create", one.Grid, one.Name, ("scope", one.Scope), ("driver", one.Driver))),
        [typeof(DeleteVolume)] = Of<DeleteVolume>(one => Volume("delete", one.Grid, one.Volume)),
        [typeof(WriteSecret)] = Of<WriteSecret>(one => Secret(one.Writing == SecretWriting.Create ? "create" : "update", one.Grid, one.Name)),
        [typeof(ReadSecret)] = Of<ReadSecret>(one => Secret("show", one.Grid, one.Name)),
        [typeof(DeleteSecret)] = Of<DeleteSecret>(one => Secret("delete", one.Grid, one.Name)),
        [typeof(ChangeConfig)] = Of<ChangeConfig>(one => Config("update",
            ("set", Text([.. one.Set.Select(set => set.Key), .. one.SetSecrets.Select(set => set.Key)])), ("unset", Text(one.Unset)), ("replace", one.Replace ? "true" : null))),
        [typeof(ReadConfigSecrets)] = Of<ReadConfigSecrets>(one => Config("show", ("keys", Text(one.Keys)))),
        [typeof(FinishLogin)] = Of<FinishLogin>(one => Person("login", one.Email)),
        [typeof(WriteRegistry)] = Of<WriteRegistry>(one => Registry("create", one.Grid, one.Url)),
        [typeof(DeleteRegistry)] = Of<DeleteRegistry>(one => Registry("delete", one.Grid, one.Name)),
        [typeof(NoteExec)] = Of<NoteExec>(one => new AuditEntry("Container", "exec", one.Container, $"{one.Grid}/{one.Node}/{one.Container}", one.Grid, null, null,
            Given([("node", one.Node), ("interactive", one.Interactive ? "true" : null)]))),
        [typeof(NoteReplay)] = Of<NoteReplay>(one => new AuditEntry("DeadLetters", "replay", one.Queue, one.Queue, null, null, null, Given([]))),
        [typeof(DeployService)] = Of<DeployService>(one => Service("deploy", one.Grid, one.Stack, one.Service, ("accept_data_loss", one.AcceptDataLoss ? "true" : null))),
        [typeof(DeployStack)] = Of<DeployStack>(one => Stack("deploy services", one.Grid, one.Stack, ("services", Text(one.Services)))),
        [typeof(CancelDeploy)] = Of<CancelDeploy>(one => Service("cancel deploy", one.Grid, one.Stack, one.Service, ("deploy_id", one.DeployId))),
        [typeof(CancelStackDeploy)] = Of<CancelStackDeploy>(one => Stack("cancel deploy", one.Grid, one.Stack)),
        [typeof(RestartService)] = Of<RestartService>(one => Service("restart", one.Grid, one.Stack, one.Service)),
        [typeof(ReleaseInstance)] = Of<ReleaseInstance>(one => new AuditEntry("ServiceInstance", "release", null, $"{one.Grid}/{one.InstanceId}", one.Grid, null, null, Given([]))),
        // Neither its command nor its environment: both may have secrets in them.
        [typeof(StartRun)] = Of<StartRun>(one => Service("run", one.Grid, one.Stack, one.Service, ("as_scheduled", one.AsScheduled ? "true" : null))),
        [typeof(StopRun)] = Of<StopRun>(one => new AuditEntry("ServiceRun", "stop", null, $"{one.Grid}/{one.RunId}", one.Grid, null, null, Given([]))),
        [typeof(RebalanceGrid)] = Of<RebalanceGrid>(one => one.DryRun ? null : Grid("rebalance", one.Grid)),
    }.ToFrozenDictionary();

    /// <summary>Every message that grid-manager or the scheduler takes and that is not a command of somebody's, with the reason.</summary>
    public static readonly IReadOnlyDictionary<string, string> NotWrittenDown = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AskVaultDoor"] = "asks for a public key and changes nothing",
        ["PlanStack"] = "a question",
        ["CheckNetwork"] = "orders a measurement and changes nothing that is wanted",
        ["BeginKeyedRequest"] = "remembers a request; the command that it is for is written down",
        ["EndKeyedRequest"] = "remembers an answer; the command that it is for is written down",
        ["BeginLogin"] = "the way to the login provider; what comes back from it is written down",
        ["TakeLogin"] = "the way back from the login provider; what is made of it is written down",
        ["NoteRefusals"] = "tells of refusals, each of which is written down",
        ["EnrolNode"] = "a node shows a token; whoever made the token is written down",
        ["JoinGrid"] = "a node's report of itself",
        ["LivenessProbe"] = "grid-manager's own, to hear itself",
        ["AskRegistryLogin"] = "a node asks for what its own instance needs",
        ["SealOrder"] = "an order of the scheduler's on its way to a node",
        ["NodeHeartbeat"] = "a node's report",
        ["NodeFactsReport"] = "a node's report",
        ["NodeNetworkReport"] = "a node's report",
        ["NetworkMeasured"] = "a node's report",
        ["ServiceTornDown"] = "the end of a removal that is written down",
        ["VolumeTornDown"] = "the end of a removal that is written down",
    };

    public static bool Has(Type command) => Entries.ContainsKey(command);

    /// <summary>What to write of a command; null when nothing is.</summary>
    public static AuditEntry? EntryOf(object command) => Entries.TryGetValue(command.GetType(), out var entry) ? entry(command) : null;

    private static Func<object, AuditEntry?> Of<T>(Func<T, AuditEntry?> entry) => command => entry((T)command);

    private static AuditEntry Grid(string what, string? name, params ReadOnlySpan<(string, string?)> parameters) =>
        new("Grid", what, name, name ?? "", name, null, null, Given(parameters));

    private static AuditEntry Person(string what, string? email, string? grid = null, params ReadOnlySpan<(string, string?)> parameters) =>
        new("User", what, email, email ?? "", grid, null, null, Given(parameters));

    private static AuditEntry Integration(string what, string? name, params ReadOnlySpan<(string, string?)> parameters) =>
        new("Integration", what, name, name ?? "", null, null, null, Given(parameters));

    // A token's name would be its id or worse.
    private static AuditEntry Token(string what, string? id, params ReadOnlySpan<(string, string?)> parameters) =>
        new("AccessToken", what, null, id ?? "", null, null, null, Given(parameters));

    private static AuditEntry Node(string what, string grid, string? name, params ReadOnlySpan<(string, string?)> parameters) =>
        new("HostNode", what, name, $"{grid}/{name}", grid, null, null, Given(parameters));

    private static AuditEntry Stack(string what, string grid, string? name, params ReadOnlySpan<(string, string?)> parameters) =>
        new("Stack", what, name, $"{grid}/{name}", grid, "stack", name, Given(parameters));

    private static AuditEntry Service(string what, string grid, string stack, string? name, params ReadOnlySpan<(string, string?)> parameters) =>
        new("GridService", what, name, $"{grid}/{stack}/{name}", grid, "service", name is null ? null : Contracts.Services.Service.DocumentId(stack, name), Given(parameters));

    private static AuditEntry Volume(string what, string grid, string? name, params ReadOnlySpan<(string, string?)> parameters) =>
        new("Volume", what, name, $"{grid}/{name}", grid, "volume", name, Given(parameters));

    private static AuditEntry Secret(string what, string grid, string? name) =>
        new("GridSecret", what, name, $"{grid}/{name}", grid, null, null, Given([]));

    private static AuditEntry Config(string what, params ReadOnlySpan<(string, string?)> parameters) =>
        new("Configuration", what, null, "config", null, null, null, Given(parameters));

    private static AuditEntry Registry(string what, string grid, string? name) =>
        new("Registry", what, name, $"{grid}/{name}", grid, null, null, Given([]));

    private static Dictionary<string, string> Given(ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in parameters)
        {
            if (value is not null)
                given[name] = value.Length <= LongestParameter ? value : value[..LongestParameter];
        }

        return given;
    }

    /// <summary>Characters of a parameter; the rest is cut.</summary>
    private const int LongestParameter = 200;

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string? Text(IReadOnlyList<string>? list) => list is null ? null : string.Join(",", list.Take(50));
}
