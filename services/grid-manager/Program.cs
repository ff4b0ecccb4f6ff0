using Kontena.GridManager;
using Kontena.GridManager.Backups;
using Kontena.Hosting;

return BackupCommand.IsMeant(args)
    ? await BackupCommand.RunAsync("grid-manager", args)
    : await KontenaApplicationBuilder.RunAsync("grid-manager", args, builder => builder.AddGridManager());
