namespace Kontena.Cli.Api;

/// <summary>Nobody answered: the master is not there, or not yet again.</summary>
internal sealed class MasterAwayException(string message, string remedy) : CliException(message, remedy: remedy);
