using Kontena.Hosting;
using Kontena.LogCollector;

var builder = KontenaApplicationBuilder.Create("log-collector", args);
builder.AddLogCollector();
return await builder.RunAsync();
