using Kontena.Hosting.Bus;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.Hosting.Tests.Bus;

/// <summary>A running process of the house with an inbox, on either transport.</summary>
internal sealed class BusHost : IAsyncDisposable
{
    /// <summary>Three times what a process of the house takes, for machines that are busy.</summary>
    private static readonly TimeSpan EndLimit = KontenaApplicationBuilder.StopLimit * 3;

    private readonly WebApplication _application;
    private readonly HttpClient _http;

    private BusHost(WebApplication application)
    {
        _application = application;
        _http = new HttpClient { BaseAddress = new Uri(application.Urls.First()), Timeout = TimeSpan.FromSeconds(10) };
    }

    public Inbox Inbox => _application.Services.GetRequiredService<Inbox>();

    public IControlBus Control => _application.Services.GetRequiredService<IControlBus>();

    public IDataBus Data => _application.Services.GetRequiredService<IDataBus>();

    public IServiceProvider Services => _application.Services;

    public HttpClient Http => _http;

    public static async Task<BusHost> StartAsync(string? broker, Action<KontenaApplicationBuilder> configure, CancellationToken cancellationToken)
    {
        var builder = KontenaApplicationBuilder.Create("test", []);
        builder.Configuration["Kontena:Bus:RabbitMq"] = broker;
        builder.Configuration["Kontena:Log:Level"] = Environment.GetEnvironmentVariable("KONTENA_TEST_LOG") ?? "Warning";
        builder.Services.AddSingleton<Inbox>();
        configure(builder);
        var application = builder.Build();
        await application.StartAsync(cancellationToken);
        return new BusHost(application);
    }

    /// <summary>Returns when <c>/readyz</c> says so; the test's own token bounds the wait.</summary>
    public async Task UntilReadyAsync(CancellationToken cancellationToken, bool ready = true)
    {
        while (true)
        {
            using var answer = await _http.GetAsync("/readyz", cancellationToken);
            if (answer.IsSuccessStatusCode == ready)
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        try
        {
            await EndAsync().WaitAsync(EndLimit, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            // As a process of the house does, which ends all the same: a broker client that is closed in the middle of a call may never say that it is.
            await Console.Error.WriteLineAsync($"BusHost: did not close everything within {EndLimit.TotalSeconds:0} s");
        }
    }

    private async Task EndAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }
}
