namespace Kontena.GridManager.Vault;

/// <summary>The vault can't be opened here; the message is for its operator, and names keys by their ids only.</summary>
internal sealed class VaultClosedException(string message) : Exception(message);
