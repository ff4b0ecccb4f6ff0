using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary>How a service is called on the screen.</summary>
internal static class ServiceName
{
    /// <summary><c>stack/name</c>, or <c>name</c> for a service of no stack.</summary>
    public static string Of(ServiceJson service) => service.Stack.Name is "" or "null" ? service.Name : $"{service.Stack.Name}/{service.Name}";

    /// <summary><c>0.0.0.0:8080->80/tcp</c>.</summary>
    public static string Port(PortJson port) => $"{port.Ip}:{port.NodePort}->{port.ContainerPort}/{port.Protocol}";
}
