using MassTransit;

namespace Kontena.Hosting.Bus;

/// <summary>The second bus of the process: logs, stats and exec streams on a connection of their own (design law 8).</summary>
public interface IDataConnection : IBus;
