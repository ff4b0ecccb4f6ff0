namespace Kontena.Hosting.Bus;

/// <summary>Opens queues whose names are known only while the process runs: a node's queue carries the Docker engine's id.</summary>
/// <remarks>Their consumers must have been named with <see cref="KontenaApplicationBuilder.AddControlConsumers"/> or its data twin.</remarks>
public interface IEndpointOpener
{
    /// <summary>Opens a queue on the control connection; returns when it takes messages. Opening it again does nothing.</summary>
    /// <remarks>Waits while the broker is away; only <paramref name="cancellationToken"/> ends that.</remarks>
    Task OpenControlAsync(BusEndpoint endpoint, CancellationToken cancellationToken);

    /// <inheritdoc cref="OpenControlAsync"/>
    Task OpenDataAsync(BusEndpoint endpoint, CancellationToken cancellationToken);

    /// <summary>Stops reading a queue that was opened here, on either connection; what waits in it stays there. It may be opened again. Closing one that is not open does nothing.</summary>
    Task CloseAsync(string queue, CancellationToken cancellationToken);
}
