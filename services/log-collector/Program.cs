using Kontena.Hosting;
using Kontena.LogCollector;

return await KontenaApplicationBuilder.RunAsync("log-collector", args, builder => builder.AddLogCollector());
