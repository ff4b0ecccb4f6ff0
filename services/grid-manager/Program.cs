using Kontena.GridManager;
using Kontena.Hosting;

return await KontenaApplicationBuilder.Create("grid-manager", args).AddGridManager().RunAsync();
