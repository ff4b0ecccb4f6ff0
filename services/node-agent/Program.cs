using Kontena.Hosting;
using Kontena.NodeAgent;
using Kontena.NodeAgent.Joining;

if (JoinCommand.IsMeant(args))
    return await JoinCommand.RunAsync(args);

return await KontenaApplicationBuilder.RunAsync("node-agent", args, builder =>
{
    NodeAgentModule.UseIdentity(builder.Configuration);
    builder.AddNodeAgent();
});
