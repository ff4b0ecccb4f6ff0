using Kontena.Api.Http;

namespace Kontena.Api.Audit;

/// <summary>Who did what (rest-api.md §8).</summary>
internal static class AuditEndpoints
{
    private static readonly Absence NoAudit = new("This version keeps no audit log; deploys and runs say by whom they were ended");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapAbsent("GET", "/v1/audit_logs", "listAuditLogs", Need.MasterAdmin, NoAudit);
        routes.MapAbsent("GET", "/v1/grids/{grid}/audit_log", "listGridAuditLogs", Need.GridUser, NoAudit);
    }
}
