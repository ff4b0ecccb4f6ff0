using Kontena.Hosting;
using Kontena.NodeAgent;

var builder = KontenaApplicationBuilder.Create("node-agent", args);
builder.AddNodeAgent();
return await builder.RunAsync();
