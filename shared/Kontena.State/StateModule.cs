using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.State;

/// <summary>Registers the store that the settings name, and the outbox relay.</summary>
public static class StateModule
{
    /// <summary><c>Kontena:State:Redis</c> set: Redis; else SQLite in <c>Kontena:DataDirectory</c>. Once per process, however many modules ask.</summary>
    public static IServiceCollection AddKontenaState(this IServiceCollection services, IConfiguration configuration)
    {
        throw new NotSupportedException("state store is being built");
    }
}
