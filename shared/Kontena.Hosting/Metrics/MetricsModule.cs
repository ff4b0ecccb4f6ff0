using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.Hosting.Metrics;

/// <summary><c>/metrics</c> in Prometheus text, from every meter named <c>Kontena.*</c> and those of the runtime and the web server.</summary>
internal static class MetricsModule
{
    public static void AddKontenaMetrics(this IServiceCollection services) => services.AddSingleton<MetricCollector>();

    public static void MapKontenaMetrics(this IEndpointRouteBuilder routes)
    {
        // Made now: it counts from the start of the process, not from the first question.
        var collector = routes.ServiceProvider.GetRequiredService<MetricCollector>();
        routes.MapGet("/metrics", () => Results.Text(collector.Print(), "text/plain; version=0.0.4; charset=utf-8"));
    }
}
