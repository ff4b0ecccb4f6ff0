using System.Net.Sockets;
using System.Security.Authentication;

namespace Kontena.Docker.Transport;

/// <summary>Turns what went wrong below HTTP into one sentence of cause and one of remedy.</summary>
internal static class EngineFailure
{
    public static EngineUnavailableException Unreachable(EngineAddress address, Exception cause)
    {
        var socketError = Find<SocketException>(cause)?.SocketErrorCode;
        var (why, remedy) = (address.SocketPath, socketError) switch
        {
            (not null, SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported) when !File.Exists(address.SocketPath) =>
                ("there is no such socket", "Install and start Docker (systemctl start docker), or set the engine's address."),
            (not null, SocketError.AccessDenied) =>
                ("this user may not open it", "Run as root or add the user to the group docker."),
            (not null, SocketError.ConnectionRefused) =>
                ("nobody listens there", "Start Docker (systemctl start docker)."),
            (not null, not null) =>
                (Sentence(cause), "Check that Docker runs (systemctl status docker)."),
            (null, SocketError.ConnectionRefused) =>
                ("the connection was refused", "Check that the engine runs and listens on this port."),
            (null, SocketError.HostNotFound or SocketError.TryAgain) =>
                ("the host name is not known", "Check the address of the engine."),
            _ when Find<AuthenticationException>(cause) is { } tls =>
                ($"TLS failed ({tls.Message.TrimEnd('.')})", "Check that ca.pem signed the engine's certificate and that it names this host."),
            _ => (Sentence(cause), "Check that Docker runs and the address is right."),
        };
        return new EngineUnavailableException($"The Docker Engine at {address} can't be reached: {why}. {remedy}", cause);
    }

    public static EngineUnavailableException TooSlow(EngineAddress address, string call, TimeSpan deadline, Exception? cause = null) =>
        new($"The Docker Engine at {address} did not answer {call} within {deadline.TotalSeconds:0.#} s. " +
            "It may hang or be overloaded (systemctl status docker).", cause);

    public static EngineUnavailableException Broken(EngineAddress address, string call, Exception? cause = null) =>
        new($"The connection to the Docker Engine at {address} broke during {call}. Was the engine stopped or restarted?", cause);

    private static string Sentence(Exception e)
    {
        var root = e;
        for (var depth = 0; root.InnerException is not null && depth < 8; depth++) root = root.InnerException;
        return root.Message.TrimEnd('.');
    }

    private static T? Find<T>(Exception e) where T : Exception
    {
        Exception? at = e;
        for (var depth = 0; at is not null && depth < 8; depth++, at = at.InnerException)
            if (at is T found) return found;
        return null;
    }
}
