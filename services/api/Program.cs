using Kontena.Api;
using Kontena.Hosting;

var builder = KontenaApplicationBuilder.Create("api", args);
builder.AddApi();
return await builder.RunAsync();
