using System.Globalization;
using Kontena.Cli.Api;
using Kontena.Cli.Output;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Deploys;

/// <summary>Says why a deploy failed: the reason, the instances, and what their containers wrote last.</summary>
internal static class DeployFailure
{
    private const int LogLines = 10;

    // Instances of one failed deploy mostly fail alike.
    private const int MaxLogs = 2;

    private const string InstancesFailed = "one or more instances failed";

    /// <summary><c>⊗ Failed to deploy instance grid/stack/service-1 to node core-01: error</c>, further lines indented.</summary>
    public static IEnumerable<string> InstanceLines(ServiceDeployJson deploy, Paint paint)
    {
        foreach (var instance in deploy.InstanceDeploys)
        {
            var name = $"{deploy.ServiceId}-{instance.InstanceNumber}";
            if (instance.State == "error")
            {
                var on = string.IsNullOrEmpty(instance.Node) ? "" : $" to node {instance.Node}";
                var lines = WithoutKind(instance.Error ?? "no reason was given").Split('\n', StringSplitOptions.RemoveEmptyEntries);
                yield return $"\t{HealthIcon.Of(Health.Unhealthy, paint)} Failed to deploy instance {name}{on}: {lines[0].TrimEnd()}";
                foreach (var line in lines.Skip(1)) yield return $"\t    {line.TrimEnd()}";
            }
            else if (instance.State == "success")
            {
                yield return $"\t{HealthIcon.Of(Health.Healthy, paint)} Deployed instance {name} to node {instance.Node}";
            }
        }
    }

    /// <summary>The deploy's reason; without the instances' errors when these are printed themselves.</summary>
    public static string Reason(ServiceDeployJson deploy)
    {
        var reason = (deploy.Reason ?? "no reason was given").TrimEnd();
        var end = reason.IndexOf(InstancesFailed, StringComparison.Ordinal);
        return end >= 0 && deploy.InstanceDeploys.Any(instance => instance.State == "error")
            ? reason[..(end + InstancesFailed.Length)]
            : reason.ReplaceLineEndings("\n    ");
    }

    /// <summary>The last lines of the failed instances whose error does not already carry them. Never fails: it only helps.</summary>
    public static async Task<IReadOnlyList<string>> LastWordsAsync(ApiClient api, ServiceDeployJson deploy, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        foreach (var instance in deploy.InstanceDeploys.Where(SaysNothing).Take(MaxLogs))
        {
            try
            {
                var path = $"services/{ApiPaths.Id(deploy.ServiceId)}/container_logs?instance={instance.InstanceNumber}&limit={LogLines}";
                // What an earlier container wrote is no evidence.
                if (deploy.StartedAt is { } started) path += $"&since={Uri.EscapeDataString(started.ToString("o", CultureInfo.InvariantCulture))}";
                var logs = await api.GetAsync(path, KontenaResponseJson.Default.LogsJson, cancellationToken);
                if (logs.Logs.Count == 0) continue;
                lines.Add($"\tlast lines of {logs.Logs[^1].Name}:");
                lines.AddRange(logs.Logs.Select(line => $"\t    {line.Data.TrimEnd()}"));
            }
            catch (CliException)
            {
                // The reason of the deploy is what counts; its logs are a courtesy.
            }
        }

        return lines;
    }

    /// <summary>The API keeps the original's <c>Class::Name: </c> in front of a node's error; it tells a person nothing.</summary>
    private static string WithoutKind(string error)
    {
        var colon = error.IndexOf(": ", StringComparison.Ordinal);
        return colon > 0 && error[..colon] is var kind && kind.Contains("::", StringComparison.Ordinal) && !kind.Contains(' ', StringComparison.Ordinal)
            ? error[(colon + 2)..]
            : error;
    }

    private static bool SaysNothing(InstanceDeployJson instance) =>
        instance.State == "error" && instance.Error?.TrimEnd().Contains('\n', StringComparison.Ordinal) != true;
}
