using System.Text.Json;
using Kontena.Hosting.Bus;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kontena.Hosting.Health;

/// <summary><c>/livez</c>: the process answers. <c>/readyz</c>: everything it needs answers too; modules add their checks with <c>AddHealthChecks()</c>.</summary>
internal static class HealthModule
{
    /// <summary>MassTransit registers checks of its own; ours say the same in a sentence.</summary>
    private const string MassTransitTag = "masstransit";

    public static void AddKontenaHealth(this IServiceCollection services) => services.AddHealthChecks()
        .AddCheck<ControlBusCheck>("bus-control", timeout: TimeSpan.FromSeconds(2))
        .AddCheck<DataBusCheck>("bus-data", timeout: TimeSpan.FromSeconds(2));

    public static void MapKontenaHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/livez", () => Results.Text("ok\n"));
        routes.MapHealthChecks("/readyz", new HealthCheckOptions
        {
            Predicate = check => !check.Tags.Contains(MassTransitTag),
            AllowCachingResponses = false,
            ResultStatusCodes =
            {
                [HealthStatus.Healthy] = StatusCodes.Status200OK,
                [HealthStatus.Degraded] = StatusCodes.Status200OK,
                [HealthStatus.Unhealthy] = StatusCodes.Status503ServiceUnavailable,
            },
            ResponseWriter = WriteAsync,
        });
    }

    private static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("status", Word(report.Status));
        json.WriteStartArray("checks");
        foreach (var (name, entry) in report.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("status", Word(entry.Status));
            json.WriteString("message", entry.Description ?? entry.Exception?.Message ?? "");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }

    private static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "ready",
        HealthStatus.Degraded => "degraded",
        _ => "not ready",
    };
}
