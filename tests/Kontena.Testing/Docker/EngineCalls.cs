using Kontena.Docker;

namespace Kontena.Testing.Docker;

/// <summary>One call to the fake engine.</summary>
/// <param name="Operation">The method without <c>Async</c>, e.g. <c>StartContainer</c>.</param>
/// <param name="Subject">The container, image, network or volume it was about; empty for none.</param>
public sealed record RecordedCall(string Operation, string Subject)
{
    public override string ToString() => Subject.Length == 0 ? Operation : $"{Operation} {Subject}";
}

/// <summary>What was asked of the fake engine, and which of it shall go wrong or wait.</summary>
public sealed class EngineCalls
{
    private readonly Lock _lock = new();
    private readonly List<RecordedCall> _recorded = [];
    private readonly Dictionary<string, int> _counts = [];
    private readonly List<(string? Operation, int Number, Exception Failure)> _failures = [];
    private readonly Dictionary<string, Gate> _gates = [];
    private int _count;
    private bool _unreachable;

    /// <summary>All calls so far, in order.</summary>
    public IReadOnlyList<RecordedCall> Recorded
    {
        get
        {
            lock (_lock) return [.. _recorded];
        }
    }

    /// <summary>True: every call ends with <see cref="EngineUnavailableException"/>, as when the engine is stopped.</summary>
    public bool Unreachable
    {
        get
        {
            lock (_lock) return _unreachable;
        }
        set
        {
            lock (_lock) _unreachable = value;
        }
    }

    /// <summary>How often the operation was called; null counts all calls.</summary>
    public int Count(string? operation = null)
    {
        lock (_lock) return operation is null ? _count : _counts.GetValueOrDefault(operation);
    }

    /// <summary>The n-th call from now on (1 = the next) of this operation, or of any when null, fails and changes nothing.</summary>
    public void Fail(string? operation, int nth = 1, Exception? failure = null)
    {
        lock (_lock)
        {
            var already = operation is null ? _count : _counts.GetValueOrDefault(operation);
            _failures.Add((operation, already + nth, failure ?? new EngineException(500, $"planned failure of {operation ?? "any call"}")));
        }
    }

    /// <summary>Calls of this operation wait until the gate is opened.</summary>
    public Gate Hold(string operation)
    {
        var gate = new Gate();
        lock (_lock) _gates[operation] = gate;
        return gate;
    }

    public void Forget()
    {
        lock (_lock) _recorded.Clear();
    }

    internal async Task EnterAsync(string operation, string subject, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Gate? gate;
        lock (_lock)
        {
            _recorded.Add(new RecordedCall(operation, subject));
            _count++;
            var number = _counts[operation] = _counts.GetValueOrDefault(operation) + 1;
            if (_unreachable) throw new EngineUnavailableException("The Docker Engine (a fake) can't be reached: the test says so.");
            var at = _failures.FindIndex(f => f.Operation == operation ? f.Number == number : f.Operation is null && f.Number == _count);
            if (at >= 0)
            {
                var failure = _failures[at].Failure;
                _failures.RemoveAt(at);
                throw failure;
            }

            gate = _gates.GetValueOrDefault(operation);
        }

        if (gate is not null) await gate.PassAsync(cancellationToken);
    }

    /// <summary>Holds calls back, so that a test can look at what happens meanwhile.</summary>
    public sealed class Gate
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends when a call stands before the gate.</summary>
        public Task Entered => _entered.Task;

        public void Open() => _open.TrySetResult();

        internal Task PassAsync(CancellationToken cancellationToken)
        {
            _entered.TrySetResult();
            return _open.Task.WaitAsync(cancellationToken);
        }
    }
}
