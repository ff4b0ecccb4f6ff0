using System.Text.Json.Serialization.Metadata;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Api;

/// <summary>What a log of the API is made of.</summary>
/// <param name="Line">How one line is read in a stream.</param>
/// <param name="PageAsync">Reads the lines that are there.</param>
/// <param name="Id">Where reading goes on after a break; empty when the server gives none.</param>
internal sealed record LogKind<TLine>(
    JsonTypeInfo<TLine> Line, Func<ApiClient, string, CancellationToken, Task<IReadOnlyList<TLine>>> PageAsync, Func<TLine, string> Id);

/// <summary>The logs there are.</summary>
internal static class LogKinds
{
    public static readonly LogKind<LogLineJson> Containers = new(
        KontenaResponseJson.Default.LogLineJson,
        static async (api, path, cancellationToken) => (await api.GetAsync(path, KontenaResponseJson.Default.LogsJson, cancellationToken)).Logs,
        static line => line.Id);

    public static readonly LogKind<EventJson> Events = new(
        KontenaResponseJson.Default.EventJson,
        static async (api, path, cancellationToken) => (await api.GetAsync(path, KontenaResponseJson.Default.EventsJson, cancellationToken)).Logs,
        static line => line.Id);
}
