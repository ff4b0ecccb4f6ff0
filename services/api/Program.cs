using Kontena.Api;
using Kontena.Hosting;

return await KontenaApplicationBuilder.RunAsync("api", args, builder => builder.AddApi());
