using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Kontena.Docker;

namespace Kontena.Testing.Docker;

/// <summary>What a process of the fake engine does.</summary>
/// <param name="Output">Written at once.</param>
/// <param name="EchoesInput">Like <c>cat</c>: what is written to it comes out again, until its input ends.</param>
public sealed record FakeExec(int ExitCode, IReadOnlyList<ExecChunk> Output, bool EchoesInput = false)
{
    public static FakeExec Writing(string text, int exitCode = 0) => new(exitCode, [new ExecChunk("stdout", Encoding.UTF8.GetBytes(text))]);

    /// <summary><c>cat</c> with input echoes, <c>echo</c> prints, <c>false</c> exits with 1, all else exits with 0 and says nothing.</summary>
    public static FakeExec Default(ExecConfig config) => config.Cmd switch
    {
        ["cat", ..] when config.AttachStdin => new FakeExec(0, [], EchoesInput: true),
        ["echo", ..] => Writing(string.Join(' ', config.Cmd.Skip(1)) + "\n"),
        ["false", ..] => new FakeExec(1, []),
        _ => new FakeExec(0, []),
    };
}

internal sealed class FakeExecSession : IExecSession
{
    private const int MaxWaiting = 1000;

    private readonly Channel<ExecChunk> _output = Channel.CreateBounded<ExecChunk>(MaxWaiting);
    private readonly FakeExec _exec;

    public FakeExecSession(FakeExec exec)
    {
        _exec = exec;
        foreach (var chunk in exec.Output) _output.Writer.TryWrite(chunk);
        if (!exec.EchoesInput) _output.Writer.TryComplete();
    }

    public (int Width, int Height) Size { get; private set; }

    public async IAsyncEnumerable<ExecChunk> OutputAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var chunk in _output.Reader.ReadAllAsync(cancellationToken)) yield return chunk;
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (_exec.EchoesInput) await _output.Writer.WriteAsync(new ExecChunk("stdout", bytes.ToArray()), cancellationToken);
    }

    public Task CloseInputAsync(CancellationToken cancellationToken)
    {
        _output.Writer.TryComplete();
        return Task.CompletedTask;
    }

    public Task ResizeAsync(int width, int height, CancellationToken cancellationToken)
    {
        Size = (width, height);
        return Task.CompletedTask;
    }

    public async Task<int> ExitCodeAsync(CancellationToken cancellationToken)
    {
        await _output.Reader.Completion.WaitAsync(cancellationToken);
        return _exec.ExitCode;
    }

    public ValueTask DisposeAsync()
    {
        _output.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }
}
