using Kontena.Api;
using Kontena.GridManager;
using Kontena.GridManager.Backups;
using Kontena.GridManager.Vault;
using Kontena.Hosting;
using Kontena.LogCollector;
using Kontena.NodeAgent;
using Kontena.Scheduler;
using Kontena.Standalone;

if (BackupCommand.IsMeant(args))
    return await BackupCommand.RunAsync("standalone", args);
if (RotateVaultKeyCommand.IsMeant(args))
    return await RotateVaultKeyCommand.RunAsync("standalone", args);

return await KontenaApplicationBuilder.RunAsync("standalone", args, builder =>
{
    FirstStart.Prepare(builder.Configuration);
    builder.AddGridManager();
    builder.AddLogCollector();
    builder.AddScheduler();
    builder.AddNodeAgent();
    builder.AddApi();
});
