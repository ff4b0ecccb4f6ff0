using Kontena.Hosting.Bus;
using Kontena.Hosting.DeadLetters;
using Kontena.Hosting.Health;
using Kontena.Hosting.Logging;
using Kontena.Hosting.Metrics;
using Kontena.Hosting.Systemd;
using Kontena.Hosting.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.Hosting;

/// <summary>What every Kontena process is built with: settings, logging, one clock, the bus, health and metrics endpoints.</summary>
/// <remarks>A service's module adds itself with an extension method on this class; <c>standalone</c> adds them all to one.</remarks>
public sealed partial class KontenaApplicationBuilder
{
    private const string UrlsKey = "Kontena:Http:Urls";

    /// <summary>From the wish to stop to the end of the process.</summary>
    internal static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly BusPlan _control = new();
    private readonly BusPlan _data = new();
    private readonly List<Action<IEndpointRouteBuilder>> _routes = [];
    private readonly List<Action<IApplicationBuilder>> _middleware = [];
    private readonly HashSet<string> _modules = new(StringComparer.Ordinal);
    private readonly WebApplicationBuilder _inner;

    private KontenaApplicationBuilder(string name, string[] args)
    {
        Name = name;
        // One environment: behaviour comes from settings, never from a name such as "Development".
        // Nor from files that happen to be where the process was started: for them the whole tree there would be watched, of a service that is the root of the machine.
        _inner = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = ["--hostBuilder:reloadConfigOnChange=false", .. args], EnvironmentName = Environments.Production, ContentRootPath = AppContext.BaseDirectory,
        });
    }

    /// <summary>The deployable's name: <c>api</c>, <c>scheduler</c>, <c>standalone</c>…</summary>
    public string Name { get; }

    /// <summary>Where HTTP listens when <c>Kontena:Http:Urls</c> is not set. Port 0 takes any free port.</summary>
    public string DefaultUrls { get; set; } = "http://127.0.0.1:0";

    public IServiceCollection Services => _inner.Services;

    public IConfiguration Configuration => _inner.Configuration;

    public static KontenaApplicationBuilder Create(string name, string[] args) => new(name, args);

    /// <summary>True the first time a module of this name adds itself; a module that was already there returns without doing anything.</summary>
    public bool TryAddModule(string module) => _modules.Add(module);

    /// <summary>A queue on the control connection: commands, orders, reports. The same queue again replaces the first.</summary>
    public void AddControlEndpoint(BusEndpoint endpoint) => _control.Add(endpoint);

    /// <summary>A queue on the data connection: logs, stats, exec streams. It can never delay an order (design law 8).</summary>
    public void AddDataEndpoint(BusEndpoint endpoint) => _data.Add(endpoint);

    /// <summary>Consumers of control queues that are opened later through <see cref="IEndpointOpener"/>.</summary>
    public void AddControlConsumers(params IReadOnlyList<Type> consumers) => _control.AddConsumers(consumers);

    /// <summary>Consumers of data queues that are opened later through <see cref="IEndpointOpener"/>.</summary>
    public void AddDataConsumers(params IReadOnlyList<Type> consumers) => _data.AddConsumers(consumers);

    /// <summary>HTTP routes of a module.</summary>
    public void MapRoutes(Action<IEndpointRouteBuilder> map) => _routes.Add(map);

    /// <summary>Middleware of a module (authentication, error shapes), in the order added, after routing and before any route runs.</summary>
    public void Use(Action<IApplicationBuilder> configure) => _middleware.Add(configure);

    /// <summary>Puts the process together; nothing runs or connects yet.</summary>
    /// <exception cref="SettingException">A setting can't be used.</exception>
    public WebApplication Build()
    {
        LogModule.AddKontenaLog(_inner.Logging, Configuration, Name);
        Services.TryAddSingleton(TimeProvider.System);
        Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(8));
        var urls = Urls();
        var lines = new List<string>();
        ILogger? log = null;
        // Before anything that trusts a CA: it may be made here.
        var certificate = urls.Contains("https://", StringComparison.OrdinalIgnoreCase) ? ServerCertificate.From(Configuration, TimeProvider.System, Say) : null;
        var transport = BusTransport.From(Configuration);
        Services.AddKontenaBus(transport, Name, _control, _data);
        Services.AddKontenaDeadLetters(transport, Configuration);
        Services.AddKontenaHealth();
        Services.AddKontenaMetrics();
        Services.AddHostedService(provider => new SystemdNotifier(
            provider.GetRequiredService<ILogger<SystemdNotifier>>(), Environment.GetEnvironmentVariable("NOTIFY_SOCKET")));
        _inner.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // A module that takes bigger bodies says so on its own route.
            kestrel.Limits.MaxRequestBodySize = 4 * 1024 * 1024;
            kestrel.Limits.MaxConcurrentConnections = 4096;
            kestrel.Limits.MaxConcurrentUpgradedConnections = 1024;
            if (certificate is not null)
            {
                kestrel.ConfigureHttpsDefaults(https =>
                {
                    // Kestrel wants a certificate or a selector; the context has the chain as well.
                    https.ServerCertificateSelector = (_, _) => certificate.Current().TargetCertificate;
                    https.OnAuthenticate = (_, options) =>
                    {
                        options.ServerCertificateSelectionCallback = null;
                        options.ServerCertificateContext = certificate.Current();
                    };
                });
            }
        });
        if (certificate is not null)
            _inner.WebHost.UseKestrelHttpsConfiguration();
        _inner.WebHost.UseUrls(urls);

        var application = _inner.Build();
        log = application.Logger;
        lines.ForEach(line => LogTls(log, line));
        application.UseRouting();
        foreach (var middleware in _middleware)
            middleware(application);
        application.MapKontenaHealth();
        application.MapKontenaMetrics();
        foreach (var map in _routes)
            map(application);
        application.Lifetime.ApplicationStarted.Register(() =>
            LogStarted(application.Logger, Name, string.Join(", ", application.Urls), transport.Title));
        return application;

        void Say(string line)
        {
            if (log is null)
                lines.Add(line);
            else
                LogTls(log, line);
        }
    }

    /// <summary>The whole of a <c>Program.cs</c>: builds, runs until told to stop, and turns a failure to start or a crash into a sentence and exit code 1.</summary>
    /// <param name="stop">Ends the process like SIGTERM does.</param>
    public async Task<int> RunAsync(CancellationToken stop = default)
    {
        string? failure = null;
        try
        {
            var application = Build();
            var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var stopped = application.Lifetime.ApplicationStopping.Register(() =>
            {
                failure = CrashedWork.Explain(application.Services.GetServices<IHostedService>());
                stopping.TrySetResult();
            });
            await application.StartAsync(CancellationToken.None);
            await using var told = stop.Register(application.Lifetime.StopApplication);
            await stopping.Task;
            await EndAsync(application);
        }
        catch (Exception exception)
        {
            failure ??= StartFailure.Explain(exception);
        }

        if (failure is null)
            return 0;
        await Console.Error.WriteLineAsync($"{Name}: {failure}");
        return 1;
    }

    /// <summary>The same, with the modules added inside: a setting that one of them can't use ends in a sentence too, not in a stack trace.</summary>
    public static async Task<int> RunAsync(string name, string[] args, Action<KontenaApplicationBuilder> compose)
    {
        KontenaApplicationBuilder builder;
        try
        {
            builder = Create(name, args);
            compose(builder);
        }
        catch (Exception exception)
        {
            await Console.Error.WriteLineAsync($"{name}: {StartFailure.Explain(exception)}");
            return 1;
        }

        return await builder.RunAsync();
    }

    /// <summary>A bus whose broker is away may never finish closing; the process ends all the same.</summary>
    private async Task EndAsync(WebApplication application)
    {
        try
        {
            await StopAndDisposeAsync(application).WaitAsync(StopLimit, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            await Console.Error.WriteLineAsync($"{Name}: did not close everything within {StopLimit.TotalSeconds:0} s; ended all the same");
        }
    }

    private static async Task StopAndDisposeAsync(WebApplication application)
    {
        await application.StopAsync();
        await application.DisposeAsync();
    }

    [LoggerMessage(LogLevel.Information, "TLS: {What}")]
    private static partial void LogTls(ILogger logger, string what);

    [LoggerMessage(LogLevel.Information, "{Name} runs: HTTP on {Urls}, messages over {Bus}")]
    private static partial void LogStarted(ILogger logger, string name, string urls, string bus);

    private string Urls()
    {
        var urls = Configuration[UrlsKey];
        if (string.IsNullOrWhiteSpace(urls))
            return DefaultUrls;
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) && !url.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
                throw new SettingException(UrlsKey, $"has '{url}', which is not a URL to listen on", "http://0.0.0.0:9292");
        }

        return urls;
    }
}
