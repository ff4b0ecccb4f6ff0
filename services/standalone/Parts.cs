using Kontena.Api;
using Kontena.GridManager;
using Kontena.Hosting;
using Kontena.LogCollector;
using Kontena.NodeAgent;
using Kontena.Scheduler;

namespace Kontena.Standalone;

/// <summary>Everything in one process: each part adds itself as it does to a process of its own.</summary>
internal static class Parts
{
    /// <exception cref="SettingException">A setting can't be used.</exception>
    public static void Add(KontenaApplicationBuilder builder)
    {
        FirstStart.Prepare(builder.Configuration);
        builder.AddGridManager();
        builder.AddLogCollector();
        builder.AddScheduler();
        builder.AddNodeAgent();
        builder.AddApi();
    }
}
