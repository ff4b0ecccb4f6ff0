using Kontena.Api;
using Kontena.Hosting;
using Kontena.Hosting.Tls;

if (CertificatesCommand.IsMeant(args))
    return CertificatesCommand.Run("api", args);

return await KontenaApplicationBuilder.RunAsync("api", args, builder => builder.AddApi());
