using Kontena.GridManager;
using Kontena.GridManager.Backups;
using Kontena.GridManager.Vault;
using Kontena.Hosting;

if (BackupCommand.IsMeant(args))
    return await BackupCommand.RunAsync("grid-manager", args);
if (RotateVaultKeyCommand.IsMeant(args))
    return await RotateVaultKeyCommand.RunAsync("grid-manager", args);

return await KontenaApplicationBuilder.RunAsync("grid-manager", args, builder => builder.AddGridManager());
