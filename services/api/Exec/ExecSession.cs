using System.Threading.Channels;
using Kontena.Contracts.Exec;

namespace Kontena.Api.Exec;

/// <summary>One command that runs in a container for one client. Output waits here, in order, until the client takes it.</summary>
internal sealed class ExecSession(string id)
{
    /// <summary>Bytes of output that may wait for a slow client. A terminal shows a few hundred; only a flood comes near.</summary>
    public const int MostBytesWaiting = 4 * 1024 * 1024;

    private readonly Lock _guard = new();
    private readonly OutputOrder _order = new();
    private readonly Channel<ExecEvent> _events = Channel.CreateUnbounded<ExecEvent>(new UnboundedChannelOptions { SingleReader = true });
    private long _waiting;
    private bool _ended;

    public string Id { get; } = id;

    /// <summary>The engine id of the node it runs on; null until that is known.</summary>
    public string? NodeId { get; set; }

    /// <summary>Something came that waits for its predecessor.</summary>
    public bool HasGap
    {
        get
        {
            lock (_guard)
                return _order.HasGap;
        }
    }

    public bool HasEnded
    {
        get
        {
            lock (_guard)
                return _ended;
        }
    }

    public void Deliver(ExecOutput output)
    {
        lock (_guard)
        {
            if (_order.Accept(output) is not { } ready)
            {
                End(new ExecEvent.Failed("parts of the output were lost on the way"));
                return;
            }

            foreach (var next in ready)
                Take(next);
        }
    }

    /// <summary>Nothing follows; later calls change nothing.</summary>
    public void End(ExecEvent last)
    {
        lock (_guard)
        {
            if (_ended)
                return;
            _ended = true;
            _events.Writer.TryWrite(last);
            _events.Writer.Complete();
        }
    }

    /// <summary>All events to the last one.</summary>
    public async IAsyncEnumerable<ExecEvent> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var next in _events.Reader.ReadAllAsync(cancellationToken))
        {
            if (next is ExecEvent.Output output)
                Interlocked.Add(ref _waiting, -output.Chunk.Length);
            yield return next;
        }
    }

    private void Take(ExecOutput output)
    {
        if (_ended)
            return;
        if (output.Chunk is { Length: > 0 } chunk)
        {
            if (Interlocked.Add(ref _waiting, chunk.Length) > MostBytesWaiting)
            {
                End(new ExecEvent.Failed($"the command wrote over {MostBytesWaiting / (1024 * 1024)} MB faster than the client took it"));
                return;
            }

            _events.Writer.TryWrite(new ExecEvent.Output(output.Stream == "stderr" ? "stderr" : "stdout", chunk));
        }

        if (output.Error is { } error)
            End(new ExecEvent.Failed(error));
        else if (output.ExitCode is { } code)
            End(new ExecEvent.Exited(code));
    }
}
