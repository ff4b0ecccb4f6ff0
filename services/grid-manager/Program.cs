using Kontena.GridManager;
using Kontena.Hosting;

return await KontenaApplicationBuilder.RunAsync("grid-manager", args, builder => builder.AddGridManager());
