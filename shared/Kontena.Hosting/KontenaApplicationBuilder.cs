using Kontena.Hosting.Bus;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.Hosting;

/// <summary>What every Kontena process is built with: settings, logging, one clock, the bus, health and metrics endpoints.</summary>
/// <remarks>A service's module adds itself with an extension method on this class; <c>standalone</c> adds them all to one.</remarks>
public sealed class KontenaApplicationBuilder
{
    private readonly List<BusEndpoint> _control = [];
    private readonly List<BusEndpoint> _data = [];
    private readonly List<Action<IEndpointRouteBuilder>> _routes = [];
    private readonly WebApplicationBuilder _inner;

    private KontenaApplicationBuilder(string name, string[] args)
    {
        Name = name;
        _inner = WebApplication.CreateSlimBuilder(args);
    }

    /// <summary>The deployable's name: <c>api</c>, <c>scheduler</c>, <c>standalone</c>…</summary>
    public string Name { get; }

    public IServiceCollection Services => _inner.Services;

    public IConfiguration Configuration => _inner.Configuration;

    public static KontenaApplicationBuilder Create(string name, string[] args) => new(name, args);

    /// <summary>A queue on the control connection: commands, orders, reports.</summary>
    public void AddControlEndpoint(BusEndpoint endpoint) => _control.Add(endpoint);

    /// <summary>A queue on the data connection: logs, stats, exec streams. It can never delay an order (design law 8).</summary>
    public void AddDataEndpoint(BusEndpoint endpoint) => _data.Add(endpoint);

    /// <summary>HTTP routes of a module.</summary>
    public void MapRoutes(Action<IEndpointRouteBuilder> map) => _routes.Add(map);

    public WebApplication Build()
    {
        throw new NotSupportedException("hosting is being built");
    }
}
