using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kontena.Contracts.Placement;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;

namespace Kontena.Contracts.Http;

/// <summary>How the HTTP API reads and writes: snake_case, times as <see cref="ZuluTimeConverter"/>, nulls written unless a member says otherwise. One context for the server and its clients.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    Converters = [typeof(ZuluTimeConverter)])]
[JsonSerializable(typeof(GridJson))]
[JsonSerializable(typeof(GridsJson))]
[JsonSerializable(typeof(GridRequest))]
[JsonSerializable(typeof(RebalanceRequest))]
[JsonSerializable(typeof(NetworkCheckRequest))]
[JsonSerializable(typeof(NetworkCheckJson))]
[JsonSerializable(typeof(RebalanceJson))]
[JsonSerializable(typeof(NodeJson))]
[JsonSerializable(typeof(NodesJson))]
[JsonSerializable(typeof(NodeRequest))]
[JsonSerializable(typeof(NodeTokenJson))]
[JsonSerializable(typeof(NodeTokenRequest))]
[JsonSerializable(typeof(EnrolRequest))]
[JsonSerializable(typeof(EnrolJson))]
[JsonSerializable(typeof(RemovalRequest))]
[JsonSerializable(typeof(RemovalJson))]
[JsonSerializable(typeof(NodeHealthJson))]
[JsonSerializable(typeof(StackJson))]
[JsonSerializable(typeof(StacksJson))]
[JsonSerializable(typeof(StackRequest))]
[JsonSerializable(typeof(StackLabelsRequest))]
[JsonSerializable(typeof(StackDeployJson))]
[JsonSerializable(typeof(ServiceJson))]
[JsonSerializable(typeof(ServicesJson))]
[JsonSerializable(typeof(ServiceRequest))]
[JsonSerializable(typeof(ScaleRequest))]
[JsonSerializable(typeof(DeployRequest))]
[JsonSerializable(typeof(EnvRequest))]
[JsonSerializable(typeof(RevisionsJson))]
[JsonSerializable(typeof(RollbackRequest))]
[JsonSerializable(typeof(ServiceDeployJson))]
[JsonSerializable(typeof(RunJson))]
[JsonSerializable(typeof(RunsJson))]
[JsonSerializable(typeof(RunRequest))]
[JsonSerializable(typeof(VolumeJson))]
[JsonSerializable(typeof(AuditLogsJson))]
[JsonSerializable(typeof(AuditVerificationJson))]
[JsonSerializable(typeof(VolumesJson))]
[JsonSerializable(typeof(VolumeRequest))]
[JsonSerializable(typeof(SecretValueJson))]
[JsonSerializable(typeof(SecretsJson))]
[JsonSerializable(typeof(SecretWriteRequest))]
[JsonSerializable(typeof(ExternalRegistryJson))]
[JsonSerializable(typeof(ExternalRegistriesJson))]
[JsonSerializable(typeof(ExternalRegistryRequest))]
[JsonSerializable(typeof(InstanceJson))]
[JsonSerializable(typeof(InstancesJson))]
[JsonSerializable(typeof(ContainerJson))]
[JsonSerializable(typeof(ContainersJson))]
[JsonSerializable(typeof(ExecRequest))]
[JsonSerializable(typeof(LogLineJson))]
[JsonSerializable(typeof(LogsJson))]
[JsonSerializable(typeof(EventJson))]
[JsonSerializable(typeof(EventsJson))]
[JsonSerializable(typeof(StatsJson))]
[JsonSerializable(typeof(MetricsJson))]
[JsonSerializable(typeof(MasterJson))]
[JsonSerializable(typeof(PingJson))]
[JsonSerializable(typeof(UserJson))]
[JsonSerializable(typeof(UsersJson))]
[JsonSerializable(typeof(RoleRequest))]
[JsonSerializable(typeof(IntegrationJson))]
[JsonSerializable(typeof(IntegrationsJson))]
[JsonSerializable(typeof(NewIntegrationJson))]
[JsonSerializable(typeof(IntegrationRequest))]
[JsonSerializable(typeof(GridUserRequest))]
[JsonSerializable(typeof(TokenJson))]
[JsonSerializable(typeof(CodeJson))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(AuthorizeRequest))]
[JsonSerializable(typeof(InviteJson))]
[JsonSerializable(typeof(ExecFrameJson))]
[JsonSerializable(typeof(ExecCommandFrameJson))]
[JsonSerializable(typeof(ExecStdinFrameJson))]
[JsonSerializable(typeof(ExecTtySizeFrameJson))]
[JsonSerializable(typeof(PlacementExplained))]
[JsonSerializable(typeof(GridSimulated))]
[JsonSerializable(typeof(StackPlanJson))]
[JsonSerializable(typeof(JsonElement))]
public sealed partial class KontenaResponseJson : JsonSerializerContext
{
    /// <summary>The context to use: writes text as it is (<c>+</c>, <c>&lt;</c>, umlauts) rather than as <c>\u</c> escapes. Bodies are never put into HTML.</summary>
    public static KontenaResponseJson Wire => field ??=
        new(new JsonSerializerOptions(Default.GeneratedSerializerOptions!) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
