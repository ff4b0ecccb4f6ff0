using Microsoft.AspNetCore.Hosting;

namespace Kontena.Api.PublicBus;

/// <summary>The HTTP pipeline of this process from its outermost step, for requests that come another way: same routes, same checks, same errors.</summary>
internal sealed class PipelineTap : IStartupFilter
{
    private volatile RequestDelegate? _pipeline;

    /// <summary>Null before the start.</summary>
    public RequestDelegate? Pipeline => _pipeline;

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(rest =>
        {
            _pipeline = rest;
            return rest;
        });
        next(app);
    };
}
