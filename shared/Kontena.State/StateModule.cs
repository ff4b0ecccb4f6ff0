using Kontena.Core.Ids;
using Kontena.State.Outbox;
using Kontena.State.Redis;
using Kontena.State.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

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

    private static IStateStore Open(IConfiguration configuration, IServiceProvider provider)
    {
        var origin = provider.GetRequiredService<OutboxOrigin>().Value;
        var time = provider.GetRequiredService<TimeProvider>();
        if (configuration["Kontena:State:Redis"] is { Length: > 0 } redis)
        {
            var logger = provider.GetRequiredService<ILogger<RedisConnection>>();
            return new RedisStateStore(new RedisConnection(redis, time, logger), origin, time);
        }

        var directory = configuration["Kontena:DataDirectory"] ?? DefaultDataDirectory;
        return new SqliteStateStore(Path.Combine(directory, "state.db"), origin);
    }
}
