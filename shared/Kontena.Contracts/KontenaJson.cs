using System.Text.Json;
using System.Text.Json.Serialization;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Names;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Contracts.Volumes;

namespace Kontena.Contracts;

/// <summary>How documents are stored and outbox messages kept: camelCase, text enums, nulls left out, no reflection.</summary>
/// <remarks>
/// The generated reader gives an <c>init</c> property that is missing in the text its type's default, not its initialiser. What is written today
/// is always there; a list added later must read <c>{ get => field ?? []; init; }</c>, so that older documents have an empty one.
/// </remarks>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Grid))]
[JsonSerializable(typeof(GridSequence))]
[JsonSerializable(typeof(Node))]
[JsonSerializable(typeof(NodeLiveness))]
[JsonSerializable(typeof(NodeDrain))]
[JsonSerializable(typeof(RevokedIdentity))]
[JsonSerializable(typeof(Identity.User))]
[JsonSerializable(typeof(Identity.AccessToken))]
[JsonSerializable(typeof(Identity.AuthorizationCode))]
[JsonSerializable(typeof(Identity.FirstCodeMade))]
[JsonSerializable(typeof(Audit.AuditRecord))]
[JsonSerializable(typeof(Audit.AuditHead))]
[JsonSerializable(typeof(Identity.LoginRequest))]
[JsonSerializable(typeof(Requests.KeyedRequest))]
[JsonSerializable(typeof(Requests.KeyedAnswer))]
[JsonSerializable(typeof(EngineClaim))]
[JsonSerializable(typeof(Service))]
[JsonSerializable(typeof(ServiceRevision))]
[JsonSerializable(typeof(RollbackService))]
[JsonSerializable(typeof(Stack))]
[JsonSerializable(typeof(Volume))]
[JsonSerializable(typeof(VolumeInstance))]
[JsonSerializable(typeof(Vault.Secret))]
[JsonSerializable(typeof(Vault.VaultKey))]
[JsonSerializable(typeof(Registries.ExternalRegistry))]
[JsonSerializable(typeof(Vault.SealOrder))]
[JsonSerializable(typeof(Config.MasterConfig))]
[JsonSerializable(typeof(ServiceDeploy))]
[JsonSerializable(typeof(StackDeploy))]
[JsonSerializable(typeof(Instance))]
[JsonSerializable(typeof(InstanceObserved))]
[JsonSerializable(typeof(ServiceRun))]
[JsonSerializable(typeof(ScheduleState))]
[JsonSerializable(typeof(SchedulerEpoch))]
[JsonSerializable(typeof(Messaging.Destination))]
[JsonSerializable(typeof(Events.CloudEvent))]
[JsonSerializable(typeof(GridFactChanged))]
[JsonSerializable(typeof(Networking.NetworkMap))]
[JsonSerializable(typeof(Networking.GridChanged))]
[JsonSerializable(typeof(Networking.NetworkCheck))]
[JsonSerializable(typeof(Networking.MeasureNetwork))]
[JsonSerializable(typeof(Networking.RotateOverlayKey))]
[JsonSerializable(typeof(NodeJoined))]
[JsonSerializable(typeof(JoinRefused))]
[JsonSerializable(typeof(LivenessProbe))]
[JsonSerializable(typeof(ReportFacts))]
[JsonSerializable(typeof(ServiceTornDown))]
[JsonSerializable(typeof(SetServiceState))]
[JsonSerializable(typeof(ApplyInstance))]
[JsonSerializable(typeof(RemoveInstance))]
[JsonSerializable(typeof(RestartInstance))]
[JsonSerializable(typeof(SyncNode))]
[JsonSerializable(typeof(RemoveVolume))]
[JsonSerializable(typeof(LeaseRenewed))]
[JsonSerializable(typeof(VolumeTornDown))]
[JsonSerializable(typeof(NamesChanged))]
[JsonSerializable(typeof(NamesTold))]
public sealed partial class KontenaJson : JsonSerializerContext;

/// <summary>How requests look on HTTP: snake_case, numbers also as text (rest-api.md §2.1), nulls written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(ServiceRequest))]
[JsonSerializable(typeof(StackRequest))]
public sealed partial class KontenaHttpJson : JsonSerializerContext;
