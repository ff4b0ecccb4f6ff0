using Kontena.GridManager.Backups;
using Kontena.GridManager.Vault;
using Kontena.Hosting;
using Kontena.Standalone;

if (BackupCommand.IsMeant(args))
    return await BackupCommand.RunAsync("standalone", args);
if (RotateVaultKeyCommand.IsMeant(args))
    return await RotateVaultKeyCommand.RunAsync("standalone", args);

return await KontenaApplicationBuilder.RunAsync("standalone", args, Parts.Add);
