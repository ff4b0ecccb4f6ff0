namespace Kontena.NodeAgent.Registration;

/// <summary>Who this agent is: the id of the Docker Engine it serves. Kept on disk so that the agent can start without the engine.</summary>
internal sealed record NodeIdentity(string NodeId);
