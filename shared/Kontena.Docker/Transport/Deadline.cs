namespace Kontena.Docker.Transport;

/// <summary>A token that ends with the caller's or after a span of the one clock; knows which of the two it was.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _linked;
    private readonly CancellationToken _caller;

    public Deadline(TimeProvider time, TimeSpan span, CancellationToken caller)
    {
        Span = span;
        _caller = caller;
        _timer = new CancellationTokenSource(span, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, caller);
    }

    public TimeSpan Span { get; }

    public CancellationToken Token => _linked.Token;

    public bool Passed => _timer.IsCancellationRequested && !_caller.IsCancellationRequested;

    /// <summary>Starts the span anew: something arrived.</summary>
#pragma warning disable RS0030 // The source was made with the one clock and counts on it.
    public void Renew() => _timer.CancelAfter(Span);
#pragma warning restore RS0030

    public void Dispose()
    {
        _linked.Dispose();
        _timer.Dispose();
    }
}
