using Kontena.Contracts;
using Kontena.Contracts.Audit;
using Kontena.Contracts.Config;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Identity;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Networking;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Requests;
using Kontena.Contracts.Registries;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Contracts.Vault;
using Kontena.Contracts.Volumes;
using Kontena.State.Documents;

namespace Kontena.State;

/// <summary>Every kind of document: its name, its id, its indexes. The only place where keys are spelled; tabled in infra/docs/state-keys.md.</summary>
public static class StateKeys
{
    /// <summary>The partition of what belongs to no grid.</summary>
    public const string System = "_system";

    // Written by grid-manager. Grids and claims live in the partition System, everything else in the partition named after its grid.
    public static readonly DocumentKind<Grid> Grid = new("grid", KontenaJson.Default.Grid, grid => grid.Name);

    public static readonly DocumentKind<Node> Node = new("node", KontenaJson.Default.Node, node => node.Name,
        node => node.NodeId is null ? [] : [new IndexValue("node-id", node.NodeId)]);

    public static readonly DocumentKind<NodeLiveness> NodeLiveness =
        new("node-liveness", KontenaJson.Default.NodeLiveness, liveness => liveness.Node);

    public static readonly DocumentKind<RevokedIdentity> RevokedIdentity = new("revoked-identity", KontenaJson.Default.RevokedIdentity, revoked => revoked.User);

    public static readonly DocumentKind<EngineClaim> EngineClaim = new("engine-claim", KontenaJson.Default.EngineClaim, claim => claim.User);

    // Users, their tokens and codes live in the partition System: a user may use several grids.
    public static readonly DocumentKind<User> User = new("user", KontenaJson.Default.User, user => user.Id,
        user =>
        [
            UserEmail(user.Email),
            .. user.ExternalId is { } external ? [new IndexValue("external-id", external)] : Array.Empty<IndexValue>(),
            .. user.InviteCodeHash is { } invite ? [new IndexValue("invite", invite)] : Array.Empty<IndexValue>(),
            .. user.Grids.Select(grid => new IndexValue("grid", grid)),
        ]);

    public static readonly DocumentKind<AccessToken> AccessToken = new("access-token", KontenaJson.Default.AccessToken, token => token.Id,
        token =>
        [
            new IndexValue("token", token.TokenHash), new IndexValue("user", token.UserId),
            .. token.RefreshHash is { } refresh ? [new IndexValue("refresh", refresh)] : Array.Empty<IndexValue>(),
        ]);

    public static readonly DocumentKind<AuthorizationCode> AuthorizationCode = new("authorization-code", KontenaJson.Default.AuthorizationCode, code => code.Id,
        code => [new IndexValue("code", code.CodeHash), new IndexValue("user", code.UserId)]);

    public static readonly DocumentKind<LoginRequest> LoginRequest = new("login-request", KontenaJson.Default.LoginRequest, login => login.Id);

    public static readonly DocumentKind<KeyedRequest> KeyedRequest = new("keyed-request", KontenaJson.Default.KeyedRequest, request => request.Id,
        request => [new IndexValue("owner", request.Owner)]);

    public static readonly DocumentKind<KeyedAnswer> KeyedAnswer = new("keyed-answer", KontenaJson.Default.KeyedAnswer, answer => answer.Id);

    public static readonly DocumentKind<FirstCodeMade> FirstCodeMade = new("first-code-made", KontenaJson.Default.FirstCodeMade, _ => "first");

    /// <summary>Finds a user whatever the case of the letters.</summary>
    public static IndexValue UserEmail(string email) => new("email", Contracts.Identity.User.EmailKey(email));

    public static readonly DocumentKind<Stack> Stack = new("stack", KontenaJson.Default.Stack, stack => stack.Name);

    public static readonly DocumentKind<Service> Service = new("service", KontenaJson.Default.Service,
        service => Contracts.Services.Service.DocumentId(service.Stack, service.Name),
        service => [new IndexValue("stack", service.Stack)]);

    public static readonly DocumentKind<ServiceRevision> ServiceRevision = new("service-revision", KontenaJson.Default.ServiceRevision,
        revision => Contracts.Services.ServiceRevision.DocumentId(revision.ServiceUid, revision.Revision),
        revision => [new IndexValue("service", Contracts.Services.Service.DocumentId(revision.Stack, revision.Service))]);

    public static readonly DocumentKind<Volume> Volume = new("volume", KontenaJson.Default.Volume, volume => volume.Name);

    public static readonly DocumentKind<Secret> Secret = new("secret", KontenaJson.Default.Secret, secret => secret.Name);

    public static readonly DocumentKind<ExternalRegistry> ExternalRegistry =
        new("external-registry", KontenaJson.Default.ExternalRegistry, registry => registry.Name);

    public static readonly DocumentKind<VaultKey> VaultKey = new("vault-key", KontenaJson.Default.VaultKey, _ => "vault");

    public static readonly DocumentKind<MasterConfig> MasterConfig = new("master-config", KontenaJson.Default.MasterConfig, _ => "config");

    public static readonly DocumentKind<NetworkMap> NetworkMap = new("network-map", KontenaJson.Default.NetworkMap, _ => "map");

    public static readonly DocumentKind<NetworkCheck> NetworkCheck = new("network-check", KontenaJson.Default.NetworkCheck, check => check.Node);

    public static readonly DocumentKind<GridSequence> GridSequence = new("grid-sequence", KontenaJson.Default.GridSequence, _ => "sequence");

    /// <summary>Records of removed grids, whose own audit logs stay.</summary>
    public static readonly IndexValue GridRemoved = new("removed", "grid");

    // Written by whoever carries out what is recorded, each its own chain.
    public static readonly DocumentKind<AuditRecord> AuditRecord = new("audit-record", KontenaJson.Default.AuditRecord,
        record => Contracts.Audit.AuditRecord.DocumentId(record.Writer, record.Sequence),
        record =>
        [
            .. record.Grid is { } grid ? [new IndexValue("grid", grid)] : Array.Empty<IndexValue>(),
            .. record is { ResourceType: "Grid", Event: "delete" } ? [GridRemoved] : Array.Empty<IndexValue>(),
        ]);

    public static readonly DocumentKind<AuditHead> AuditHead = new("audit-head", KontenaJson.Default.AuditHead, head => head.Writer);

    /// <summary>Finds the service deploys of a grid that have not ended, without reading the many that have.</summary>
    public static readonly IndexValue Unfinished = new("unfinished", "yes");

    // Written by the scheduler.
    public static readonly DocumentKind<Instance> Instance = new("instance", KontenaJson.Default.Instance, instance => instance.Id,
        instance => [new IndexValue("service", Contracts.Services.Service.DocumentId(instance.Stack, instance.Service))]);

    public static readonly DocumentKind<InstanceObserved> Observed = new("observed", KontenaJson.Default.InstanceObserved,
        observed => InstanceObserved.DocumentId(observed.Node, observed.InstanceId));

    public static readonly DocumentKind<VolumeInstance> VolumeInstance = new("volume-instance", KontenaJson.Default.VolumeInstance,
        instance => Contracts.Volumes.VolumeInstance.DocumentId(instance.NodeId, instance.Name),
        instance => [new IndexValue("volume", instance.Volume)]);

    public static readonly DocumentKind<ServiceDeploy> ServiceDeploy = new("service-deploy", KontenaJson.Default.ServiceDeploy,
        deploy => deploy.Id,
        deploy =>
        {
            var service = new IndexValue("service", Contracts.Services.Service.DocumentId(deploy.Stack, deploy.Service));
            return deploy.State is DeployState.Created or DeployState.Ongoing ? [service, Unfinished] : [service];
        });

    public static readonly DocumentKind<StackDeploy> StackDeploy = new("stack-deploy", KontenaJson.Default.StackDeploy,
        deploy => deploy.Id, deploy => [new IndexValue("stack", deploy.Stack)]);

    public static readonly DocumentKind<NodeDrain> NodeDrain = new("node-drain", KontenaJson.Default.NodeDrain, drain => drain.Node);

    public static readonly DocumentKind<ServiceRun> ServiceRun = new("service-run", KontenaJson.Default.ServiceRun, run => run.Id,
        run => [new IndexValue("service", Contracts.Services.Service.DocumentId(run.Stack, run.Service))]);

    public static readonly DocumentKind<ScheduleState> ScheduleState = new("schedule", KontenaJson.Default.ScheduleState, schedule => schedule.ServiceUid);

    /// <summary>The fencing epoch of a grid's scheduler: one document, id <c>epoch</c>; its version is the epoch (design §5).</summary>
    public static readonly DocumentKind<SchedulerEpoch> SchedulerEpoch =
        new("scheduler-epoch", KontenaJson.Default.SchedulerEpoch, _ => "epoch");

    /// <summary>Every kind above that a backup keeps. Not the epoch: who schedules a grid is decided anew after a restore. Nor codes: one that was exchanged since must not be worth something again.</summary>
    public static readonly IReadOnlyList<IDocumentKind> Kept =
        [Grid, User, AccessToken, FirstCodeMade, Node, NodeLiveness, RevokedIdentity, EngineClaim, NodeDrain, Stack, Service, ServiceRevision, Volume, NetworkMap, NetworkCheck, GridSequence, Instance, VolumeInstance,
            Observed, ServiceDeploy, StackDeploy, ServiceRun, ScheduleState, Secret, ExternalRegistry, VaultKey, MasterConfig, AuditRecord, AuditHead];
}
