using Kontena.Contracts.Services;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Puts the engine's reasons for not starting a container in words that say what to do. Pure.</summary>
internal static class StartFailure
{
    // What runc and Docker say, up to where the cause begins.
    private const string Exec = "exec: ";
    private const string Endpoint = "driver failed programming external connectivity";

    /// <summary>A sentence with the remedy; the engine's own text where nothing better is known.</summary>
    public static string Explain(string engine, IReadOnlyList<PortMapping> ports)
    {
        if (engine.Contains("address already in use", StringComparison.Ordinal) || engine.Contains("port is already allocated", StringComparison.Ordinal))
        {
            var taken = ports.FirstOrDefault(port => engine.Contains($":{port.NodePort}:", StringComparison.Ordinal) || engine.Contains($":{port.NodePort} ", StringComparison.Ordinal));
            var which = taken is null ? "a port that it publishes" : $"port {taken.NodePort}/{taken.Protocol} of this node";
            return $"{which} is taken by something that Kontena did not start. End that, or publish another port. ({Short(engine)})";
        }

        if (IsFull(engine))
            return $"no address is left in this node's block of the grid's subnet: remove containers there, or add a node. How many fit a node is given when the grid is created (--block-prefix). ({engine})";
        var at = engine.IndexOf(Exec, StringComparison.Ordinal);
        return at < 0
            ? engine
            : $"its program can't be run: {engine[(at + Exec.Length)..].Replace(": unknown", "", StringComparison.Ordinal).TrimEnd('.')}. Check command, entrypoint and image";
    }

    /// <summary>The network has no address for the container.</summary>
    public static bool IsFull(string engine) => engine.Contains("no available IPv4 addresses", StringComparison.Ordinal);

    /// <summary>Without the endpoint's name and number.</summary>
    private static string Short(string engine) =>
        engine.StartsWith(Endpoint, StringComparison.Ordinal) && engine.IndexOf("): ", StringComparison.Ordinal) is var end and > 0 ? engine[(end + 3)..] : engine;
}
