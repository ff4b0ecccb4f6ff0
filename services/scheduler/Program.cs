using Kontena.Hosting;
using Kontena.Scheduler;

var builder = KontenaApplicationBuilder.Create("scheduler", args);
builder.AddScheduler();
await builder.Build().RunAsync();
