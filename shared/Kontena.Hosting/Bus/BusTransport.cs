using Kontena.Contracts.Messaging;
using Kontena.Core.Tls;
using Kontena.Hosting.Tls;
using Microsoft.Extensions.Configuration;

namespace Kontena.Hosting.Bus;

/// <summary>Which broker the process speaks to, read once from <c>Kontena:Bus:RabbitMq</c>.</summary>
/// <param name="RabbitMq"><c>amqp://user:password@host:port/vhost</c> (or <c>amqps</c>); null for the in-memory transport.</param>
/// <param name="Outlet">The only exchange this process may write to, from <c>Kontena:Bus:Outlet</c>: that of a node with a broker user of its own
/// (<see cref="Contracts.Messaging.NodeOutlet"/>). Null for services.</param>
internal sealed record BusTransport(Uri? RabbitMq, string? Outlet = null)
{
    internal const string Key = "Kontena:Bus:RabbitMq";
    internal const string OutletKey = "Kontena:Bus:Outlet";

    /// <summary>What certificates the broker may show.</summary>
    public CertificateTrust Trust { get; init; } = CertificateTrust.OfSystem;

    public bool InMemory => RabbitMq is null;

    /// <summary>For people and logs: never with the password.</summary>
    public string Title => RabbitMq is null
        ? "the in-memory bus"
        : $"RabbitMQ at {RabbitMq.Host}:{Port(RabbitMq)}, vhost '{VirtualHost(RabbitMq)}'{(RabbitMq.Scheme == "amqp" && !PlainWire.StaysHere(RabbitMq.Host) ? ", without TLS" : "")}";

    public static BusTransport From(IConfiguration configuration)
    {
        var text = configuration[Key];
        if (string.IsNullOrWhiteSpace(text))
            return new BusTransport((Uri?)null);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps") || uri.Host.Length == 0)
            throw new SettingException(Key, "is not a broker address", "amqps://user:password@host:5671/vhost");
        TlsTrust.RefusePlain(configuration, Key, uri);
        var outlet = string.IsNullOrWhiteSpace(configuration[OutletKey]) ? null : configuration[OutletKey];
        if (outlet is not null && NodeOutlet.Read(outlet) is null)
            throw new SettingException(OutletKey, $"is '{outlet}', which is no exchange of a node", "node-ID.out.GRID.NODE, as it was given when the node joined");
        return new BusTransport(uri, outlet) { Trust = TlsTrust.From(configuration) };
    }

    internal static int Port(Uri uri) => uri.Port > 0 ? uri.Port : uri.Scheme == "amqps" ? 5671 : 5672;

    internal static string VirtualHost(Uri uri) =>
        uri.AbsolutePath.Length <= 1 ? "/" : Uri.UnescapeDataString(uri.AbsolutePath[1..]);

    internal static (string User, string Password) Login(Uri uri)
    {
        var parts = uri.UserInfo.Split(':', 2);
        return parts[0].Length == 0
            ? ("guest", "guest")
            : (Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
    }
}
