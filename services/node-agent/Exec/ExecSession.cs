using System.Threading.Channels;
using Kontena.Contracts.Exec;
using Kontena.Contracts.Messaging;
using Kontena.Docker;
using Kontena.Hosting.Bus;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Exec;

/// <summary>One process in a container and its client at the other end of the bus.</summary>
/// <remarks>
/// Output goes out in order, numbered without gaps; the last message has the exit code or an error. Input is put in order by its number
/// before it reaches the process. The engine has no way to end a process it started for exec: closing sends end-of-input, and to a
/// terminal first an interrupt, which ends every shell.
/// </remarks>
internal sealed class ExecSession(OpenExec open, IContainerEngine engine, IDataBus bus, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>Without input and output.</summary>
    public static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(30);

    /// <summary>Without input, however much is printed: a client that has vanished types nothing, and nobody else says that it is gone.</summary>
    public static readonly TimeSpan SilentLimit = TimeSpan.FromHours(12);

    /// <summary>Inputs waiting for the process to read, or for an earlier one to arrive.</summary>
    private const int MaxInputs = 512;
    private const int MaxChunk = 32 * 1024;
    private const int Interrupts = 5;
    private static readonly TimeSpan InterruptPause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(10);

    private readonly Channel<ExecInput> _inputs = Channel.CreateBounded<ExecInput>(
        new BoundedChannelOptions(MaxInputs) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _printed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SortedDictionary<long, ExecInput> _early = [];
    private long _nextInput = 1;
    private long _lastOutput;
    private long _activeAt = time.GetTimestamp();
    private long _inputAt = time.GetTimestamp();
    private volatile string? _endReason;
    private volatile bool _closed;

    public string Id => open.SessionId;

    public bool IsAbandoned() =>
        time.GetElapsedTime(Volatile.Read(ref _activeAt)) > IdleLimit || time.GetElapsedTime(Volatile.Read(ref _inputAt)) > SilentLimit;

    /// <summary>Takes input without waiting; a client that types faster than the process reads is cut off.</summary>
    public void Feed(ExecInput input)
    {
        Active();
        Volatile.Write(ref _inputAt, time.GetTimestamp());
        if (!_inputs.Writer.TryWrite(input))
            End($"more than {MaxInputs} inputs wait for the process to read them");
    }

    public void End(string reason)
    {
        _endReason ??= reason;
        try
        {
            _ending.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }
    }

    /// <summary>Runs the process to its end and tells the client; never throws.</summary>
    public async Task RunAsync(string? refusal)
    {
        try
        {
            if (refusal is not null)
                await SendAsync(new ExecOutput { SessionId = Id, Sequence = 0, Error = refusal });
            else
                await RunProcessAsync();
        }
        catch (TimeoutException error)
        {
            logger.LogWarning("Exec session {Session} ended: its output is not taken ({Reason})", Id, error.Message);
        }
        catch (Exception error)
        {
            logger.LogError(error, "Exec session {Session} failed", Id);
        }
    }

    public void Dispose() => _ending.Dispose();

    private async Task RunProcessAsync()
    {
        try
        {
            IReadOnlyList<string> environment = open.Tty ? ["TERM=xterm"] : [];
            var config = new ExecConfig { Cmd = open.Cmd, Tty = open.Tty, AttachStdin = open.Interactive, Env = environment };
            await using var process = await engine.ExecAsync(open.ContainerId, config, _ending.Token);
            using var inputEnds = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
            var feeding = FeedAsync(process, inputEnds.Token);
            await foreach (var chunk in process.OutputAsync(_ending.Token))
            {
                Active();
                for (var from = 0; from < chunk.Bytes.Length; from += MaxChunk)
                {
                    var part = chunk.Bytes.Slice(from, Math.Min(MaxChunk, chunk.Bytes.Length - from));
                    await SendAsync(new ExecOutput { SessionId = Id, Sequence = 0, Stream = chunk.Stream, Chunk = part.ToArray() });
                }
            }

            _printed.TrySetResult();
            using var patience = new CancellationTokenSource(ExitPatience, time);
            var code = await process.ExitCodeAsync(patience.Token);
            await inputEnds.CancelAsync();
            await SendAsync(new ExecOutput { SessionId = Id, Sequence = 0, ExitCode = code });
            await feeding;
        }
        catch (OperationCanceledException)
        {
            if (!_closed)
                await SendAsync(new ExecOutput { SessionId = Id, Sequence = 0, Error = _endReason ?? "the process did not report its end" });
        }
        catch (Exception error) when (error is EngineException or EngineUnavailableException or IOException)
        {
            await SendAsync(new ExecOutput { SessionId = Id, Sequence = 0, Error = error.Message });
        }
    }

    private async Task FeedAsync(IExecSession process, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var input in _inputs.Reader.ReadAllAsync(cancellationToken))
            {
                if (input.Sequence < _nextInput)
                    continue; // Delivered twice.
                _early[input.Sequence] = input;
                if (_early.Count > MaxInputs)
                {
                    End($"input {_nextInput} is missing and {MaxInputs} later ones have come");
                    return;
                }

                while (_early.Remove(_nextInput, out var next))
                {
                    _nextInput++;
                    await ApplyAsync(process, next, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception error) when (error is IOException or EngineException or EngineUnavailableException or ObjectDisposedException)
        {
            // The process has closed its input; its output and exit code still come.
            logger.LogDebug("Exec session {Session} takes no input: {Reason}", Id, error.Message);
        }
    }

    private async Task ApplyAsync(IExecSession process, ExecInput input, CancellationToken cancellationToken)
    {
        if (input.Stdin is { Length: > 0 } bytes)
            await process.WriteAsync(bytes, cancellationToken);
        if (input is { Width: { } width, Height: { } height })
            await ResizeAsync(process, width, height, cancellationToken);
        if (input.EndOfInput)
            await process.CloseInputAsync(cancellationToken);
        if (!input.Close)
            return;
        _closed = true;
        try
        {
            if (open is { Tty: true, Interactive: true })
                await InterruptAsync(process, cancellationToken);
            await process.CloseInputAsync(cancellationToken);
        }
        finally
        {
            End("the client closed the session");
        }
    }

    /// <summary>Interrupt and end of input, a few times: a shell that is just coming back to its prompt throws away what was typed.</summary>
    private async Task InterruptAsync(IExecSession process, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Interrupts && !_printed.Task.IsCompleted; attempt++)
        {
            await process.WriteAsync("\u0003\u0004"u8.ToArray(), cancellationToken);
            await Task.WhenAny(_printed.Task, Task.Delay(InterruptPause, time, cancellationToken));
        }
    }

    /// <summary>A size the engine does not take is no reason to lose the input that follows.</summary>
    private async Task ResizeAsync(IExecSession process, int width, int height, CancellationToken cancellationToken)
    {
        try
        {
            await process.ResizeAsync(width, height, cancellationToken);
        }
        catch (EngineException error)
        {
            logger.LogDebug("Exec session {Session} was not resized: {Reason}", Id, error.Message);
        }
    }

    private async Task SendAsync(ExecOutput output)
    {
        await bus.SendAsync(Destination.Queue(open.ReplyTo), output with { Sequence = ++_lastOutput }, CancellationToken.None);
    }

    private void Active() => Volatile.Write(ref _activeAt, time.GetTimestamp());
}
