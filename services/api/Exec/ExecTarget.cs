using Kontena.Contracts.Exec;
using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;

namespace Kontena.Api.Exec;

/// <summary>The container a session runs in, and the way to it. Input is numbered in the order of the calls; callers take turns.</summary>
internal sealed class ExecTarget(string grid, string node, string nodeId, string containerId, ExecSession session, ExecProcess process, IDataBus bus)
{
    private readonly Destination _destination = Destination.Queue(Queues.NodeExec(nodeId));
    private long _sequence;

    public string Grid { get; } = grid;

    public string Node { get; } = node;

    public Task StartAsync(IReadOnlyList<string> command, bool tty, bool interactive, CancellationToken cancellationToken) =>
        bus.SendAsync(_destination, new OpenExec
        {
            SessionId = session.Id,
            ContainerId = containerId,
            ReplyTo = process.Queue,
            Cmd = command,
            Tty = tty,
            Interactive = interactive,
        }, cancellationToken);

    public Task WriteAsync(byte[] bytes, CancellationToken cancellationToken) =>
        SendAsync(new ExecInput { SessionId = session.Id, Sequence = Next(), Stdin = bytes }, cancellationToken);

    public Task EndInputAsync(CancellationToken cancellationToken) =>
        SendAsync(new ExecInput { SessionId = session.Id, Sequence = Next(), EndOfInput = true }, cancellationToken);

    public Task ResizeAsync(int width, int height, CancellationToken cancellationToken) =>
        SendAsync(new ExecInput { SessionId = session.Id, Sequence = Next(), Width = width, Height = height }, cancellationToken);

    /// <summary>Ends the process.</summary>
    public Task CloseAsync(CancellationToken cancellationToken) =>
        SendAsync(new ExecInput { SessionId = session.Id, Sequence = Next(), Close = true }, cancellationToken);

    private Task SendAsync(ExecInput input, CancellationToken cancellationToken) => bus.SendAsync(_destination, input, cancellationToken);

    private long Next() => Interlocked.Increment(ref _sequence);
}
