using Kontena.GridManager;
using Kontena.Hosting;
using Kontena.NodeAgent;
using Kontena.Standalone;

return await KontenaApplicationBuilder.RunAsync("standalone", args, builder =>
{
    FirstStart.Prepare(builder.Configuration);
    builder.AddGridManager();
    builder.AddNodeAgent();
});
