namespace Kontena.NodeAgent.Instances;

/// <summary>How much the machine does at once. Beyond a few at a time the engine only gets slower.</summary>
internal sealed class StartGates(NodeAgentOptions options) : IDisposable
{
    private readonly SemaphoreSlim _starts = new(options.Parallelism, options.Parallelism);
    private readonly SemaphoreSlim _pulls = new(options.PullParallelism, options.PullParallelism);

    public Task<IDisposable> EnterStartAsync(CancellationToken cancellationToken) => EnterAsync(_starts, cancellationToken);

    /// <summary>Apart from starts: a slow registry delays no instance whose image is here.</summary>
    public Task<IDisposable> EnterPullAsync(CancellationToken cancellationToken) => EnterAsync(_pulls, cancellationToken);

    public void Dispose()
    {
        _starts.Dispose();
        _pulls.Dispose();
    }

    private static async Task<IDisposable> EnterAsync(SemaphoreSlim gate, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        return new Place(gate);
    }

    private sealed class Place(SemaphoreSlim gate) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
                gate.Release();
        }
    }
}
