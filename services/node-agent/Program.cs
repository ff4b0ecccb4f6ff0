using Kontena.Hosting;
using Kontena.NodeAgent;

return await KontenaApplicationBuilder.RunAsync("node-agent", args, builder => builder.AddNodeAgent());
