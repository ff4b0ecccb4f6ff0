using Kontena.Hosting.Bus;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.Hosting.PublicBus;

/// <summary>Registers the reader of commands that integrations send.</summary>
public static class PublicBusModule
{
    /// <summary>Without a broker there is nothing to read, and nothing is.</summary>
    public static void AddPublicCommands(this KontenaApplicationBuilder builder, Func<IServiceProvider, CarryOut> carryOut) =>
        builder.Services.AddSingleton<IHostedService>(provider => new CommandQueue(
            provider.GetRequiredService<BusTransport>(), carryOut(provider), builder.Name, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<CommandQueue>>()));
}
