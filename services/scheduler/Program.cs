using Kontena.Hosting;
using Kontena.Scheduler;

return await KontenaApplicationBuilder.RunAsync("scheduler", args, builder => builder.AddScheduler());
