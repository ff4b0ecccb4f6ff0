using Kontena.Core.Ids;
using Kontena.Core.Tls;
using Kontena.State.Outbox;
using Kontena.State.Redis;
using Kontena.State.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kontena.State;

/// <summary>Registers the store that the settings name, and the outbox relay.</summary>
public static class StateModule
{
    private const string DefaultDataDirectory = "/var/lib/kontena";

    /// <summary><c>Kontena:State:Redis</c> set: Redis; else SQLite in <c>Kontena:DataDirectory</c>. Once per process, however many modules ask.</summary>
    /// <remarks>Needs an <see cref="Core.Messaging.IMessageSender"/>, which Kontena.Hosting registers. A store that is away does not keep the process from starting.</remarks>
    public static IServiceCollection AddKontenaState(this IServiceCollection services, IConfiguration configuration)
    {
        if (services.Any(one => one.ServiceType == typeof(IStateStore)))
            return services;

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<OutboxSignal>();
        services.AddSingleton(provider => new OutboxOrigin(ObjectId.New(provider.GetRequiredService<TimeProvider>())));
        services.AddSingleton<IStateStore>(provider => new SignallingStateStore(
            Open(configuration, provider), provider.GetRequiredService<OutboxSignal>()));
        services.AddHostedService<OutboxRelay>();
        services.AddHealthChecks().AddCheck<StateHealthCheck>("state", tags: ["ready"]);
        return services;
    }

    /// <summary>The same store outside a running service, for tools such as the backup. Whoever opens it disposes of it.</summary>
    public static IStateStore OpenStore(IConfiguration configuration, TimeProvider time) =>
        Open(configuration, "tool-" + ObjectId.New(time), time, NullLogger<RedisConnection>.Instance);

    private static IStateStore Open(IConfiguration configuration, IServiceProvider provider) => Open(
        configuration,
        provider.GetRequiredService<OutboxOrigin>().Value,
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<RedisConnection>>());

    private static IStateStore Open(IConfiguration configuration, string origin, TimeProvider time, ILogger<RedisConnection> logger)
    {
        if (configuration["Kontena:State:Redis"] is { Length: > 0 } redis)
        {
            // Checked by Kontena.Hosting in a running service; a tool is told here.
            var trust = configuration["Kontena:Tls:CaFile"] is { Length: > 0 } ca ? CertificateTrust.OfFile(ca, time) : null;
            var allowPlain = bool.TryParse(configuration[PlainWire.AllowKey], out var allowed) && allowed;
            return new RedisStateStore(new RedisConnection(redis, time, logger, trust, allowPlain), origin, time);
        }

        var directory = configuration["Kontena:DataDirectory"] ?? DefaultDataDirectory;
        return new SqliteStateStore(Path.Combine(directory, "state.db"), origin);
    }
}
