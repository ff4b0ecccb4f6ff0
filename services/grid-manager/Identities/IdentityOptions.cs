using Kontena.Hosting;
using Kontena.Hosting.Tls;
using Microsoft.Extensions.Configuration;

namespace Kontena.GridManager.Identities;

/// <summary>What agents are told of the broker.</summary>
/// <param name="Broker">Where they connect; null when there is none.</param>
internal sealed record IdentityOptions(Uri? Broker)
{
    private const string Key = "Kontena:Nodes:Broker";

    public static IdentityOptions From(IConfiguration configuration)
    {
        var given = Given(configuration[Key]);
        var text = given ?? Given(configuration["Kontena:Bus:RabbitMq"]);
        if (text is null)
            return new IdentityOptions((Uri?)null);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps") || uri.Host.Length == 0 || (given is not null && uri.UserInfo.Length > 0))
            throw new SettingException(given is null ? "Kontena:Bus:RabbitMq" : Key, "is not a broker address", "amqps://broker.example.org:5671/, without user and password");
        // Agents take what they are told here.
        TlsTrust.RefusePlain(configuration, given is null ? "Kontena:Bus:RabbitMq" : Key, uri);
        return new IdentityOptions(new UriBuilder(uri) { UserName = "", Password = "" }.Uri);
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
