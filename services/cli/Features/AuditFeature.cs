using Kontena.Cli.Api;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Features;

/// <summary>What the audit commands of a grid and of a master share.</summary>
internal static class AuditFeature
{
    private static readonly int[] Widths = [30, 10, 15, 25, 15, 25, 15, 15];

    /// <summary>In the original's fixed columns, which scripts cut by position.</summary>
    public static async Task<int> ListAsync(CommandRun run, string path, int? lines, OutputFeature output, CancellationToken cancellationToken)
    {
        var asked = lines is { } limit ? $"{path}?limit={limit}" : path;
        var body = await run.Api.GetAsync(asked, cancellationToken);
        if (output.WroteJson(run, body)) return Exit.Done;
        Write(run, "Time", "Grid", "Resource Type", "Resource Name", "Event Name", "User", "Source IP", "User-Agent");
        foreach (var log in ApiClient.Read(asked, body, KontenaResponseJson.Default.AuditLogsJson).Logs)
        {
            var what = log.EventStatus == "success" ? log.EventName : $"{log.EventName} ({log.EventStatus})";
            Write(run, HttpTimes.Zulu(log.Time), log.Grid, log.ResourceType, log.ResourceName, what, log.UserIdentity.Email, log.SourceIp, log.UserAgent);
        }

        return Exit.Done;
    }

    /// <summary>Fails when a record is not what was written, and names the first of each chain.</summary>
    public static async Task<int> VerifyAsync(CommandRun run, string path, OutputFeature output, CancellationToken cancellationToken)
    {
        var body = await run.Api.GetAsync(path, cancellationToken);
        var found = ApiClient.Read(path, body, KontenaResponseJson.Default.AuditVerificationJson);
        var code = found.Intact ? Exit.Done : Exit.Failed;
        if (output.WroteJson(run, body)) return code;
        foreach (var chain in found.Chains)
        {
            var name = $"{chain.Grid ?? "master"}/{chain.Writer}";
            run.Out.WriteLine(chain.BrokenRecord is null
                ? $"{name}: records {chain.First} to {chain.Last} are intact, {chain.Hash}"
                : $"{name}: record {chain.BrokenRecord} {chain.BrokenReason}");
        }

        if (found.Chains.Count == 0) run.Out.WriteLine("Nothing is written down yet");
        return code;
    }

    private static void Write(CommandRun run, params string?[] cells) =>
        run.Out.WriteLine(string.Join(' ', cells.Select((cell, column) => (cell ?? "").PadRight(Widths[column]))).TrimEnd());
}
