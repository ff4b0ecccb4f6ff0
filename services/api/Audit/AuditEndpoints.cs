using System.Globalization;
using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Audit;
using Kontena.Contracts.Http;
using Kontena.State;

namespace Kontena.Api.Audit;

/// <summary>Who did what (rest-api.md §8), and whether what says so is what was written.</summary>
internal static class AuditEndpoints
{
    private static readonly QueryParameter Limit = new("limit", QueryType.Integer, "How many of the newest; anything else counts as not there")
    {
        Default = "500", Least = 1, Most = 3000,
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        var audit = routes.MapGroup("/v1").WithTags("audit");
        audit.MapGet("/audit_logs", ListAsync).WithFacts("listAuditLogs", Need.MasterAdmin).Reads(Limit).Produces<AuditLogsJson>()
            .WithSummary("Who did what, in all grids and outside of them; the newest, oldest first");
        audit.MapGet("/audit_logs/verify", VerifyAsync).WithFacts("verifyAuditLogs", Need.MasterAdmin).Produces<AuditVerificationJson>()
            .WithSummary("Whether the audit logs are what was written");
        audit.MapGet("/grids/{grid}/audit_log", ListOfGridAsync).WithFacts("listGridAuditLogs", Need.GridUser).Reads(Limit).Produces<AuditLogsJson>()
            .WithSummary("Who did what in a grid and with it; the newest, oldest first");
        audit.MapGet("/grids/{grid}/audit_log/verify", VerifyGridAsync).WithFacts("verifyGridAuditLog", Need.GridUser).Produces<AuditVerificationJson>()
            .WithSummary("Whether a grid's audit log is what was written");
    }

    private static async Task<IResult> ListAsync(HttpContext http, AuditReader audit, CancellationToken cancellationToken) =>
        Show(await audit.OfAllAsync(LimitOf(http), cancellationToken));

    private static async Task<IResult> ListOfGridAsync(string grid, HttpContext http, SnapshotReader reader, AuditReader audit, CancellationToken cancellationToken) =>
        Show(await audit.OfGridAsync((await reader.GridAsync(grid, cancellationToken)).Name, LimitOf(http), cancellationToken));

    private static async Task<IResult> VerifyAsync(AuditReader audit, CancellationToken cancellationToken) =>
        await AnswerAsync(await audit.PartitionsAsync(cancellationToken), audit, cancellationToken);

    private static async Task<IResult> VerifyGridAsync(string grid, SnapshotReader reader, AuditReader audit, CancellationToken cancellationToken) =>
        await AnswerAsync([StateKeys.System, (await reader.GridAsync(grid, cancellationToken)).Name], audit, cancellationToken);

    private static async Task<IResult> AnswerAsync(IReadOnlyList<string> partitions, AuditReader audit, CancellationToken cancellationToken)
    {
        var chains = new List<AuditChainJson>();
        foreach (var partition in partitions)
        {
            chains.AddRange((await audit.VerifyAsync(partition, cancellationToken)).Select(chain => new AuditChainJson
            {
                Grid = partition == StateKeys.System ? null : partition,
                Writer = chain.Head.Writer,
                First = chain.Head.First,
                Last = chain.Head.Sequence,
                Hash = chain.Head.Hash,
                BrokenRecord = chain.Broken?.Record,
                BrokenReason = chain.Broken?.Why,
            }));
        }

        var answer = new AuditVerificationJson { Intact = chains.All(chain => chain.BrokenRecord is null), Chains = chains };
        return Reply.Ok(answer, KontenaResponseJson.Wire.AuditVerificationJson);
    }

    private static Reply Show(IReadOnlyList<AuditRecord> records) =>
        Reply.Ok(new AuditLogsJson([.. records.Select(Render)]), KontenaResponseJson.Wire.AuditLogsJson);

    private static AuditLogJson Render(AuditRecord record) => new()
    {
        Time = record.At,
        Grid = record.Grid,
        GridId = record.Grid,
        Service = record.ResourceType == "GridService" ? record.ResourceId : "",
        ResourceType = record.ResourceType,
        ResourceName = record.ResourceName,
        ResourceId = record.ResourceId,
        EventName = record.Event,
        EventStatus = record.Outcome == AuditOutcome.Success ? "success" : "refused",
        SourceIp = record.Caller.Address ?? "0.0.0.0",
        UserAgent = record.Caller.Program,
        UserIdentity = new AuditUserJson(record.Caller.Id, record.Caller.Name),
    };

    private static int LimitOf(HttpContext http) =>
        int.TryParse(Limit.TextOf(http), NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= 3000 ? limit : 500;
}
