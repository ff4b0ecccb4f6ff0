using Microsoft.AspNetCore.Http.Features;

namespace Kontena.Api.PublicBus;

/// <summary>The answer of a request that came over no connection: kept in memory, up to a bound.</summary>
internal sealed class InProcessResponse : HttpResponseFeature, IHttpRequestLifetimeFeature, IDisposable
{
    /// <summary>Bytes. Long lists have limits of their own.</summary>
    public const int Limit = 4 * 1024 * 1024;

    private readonly Bounded _body = new();
    private readonly Stack<(Func<object, Task> Callback, object State)> _starting = new();

    public InProcessResponse(HttpContext http, CancellationToken aborted)
    {
        RequestAborted = aborted;
        http.Features.Set<IHttpResponseFeature>(this);
        http.Features.Set<IHttpRequestLifetimeFeature>(this);
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(_body));
    }

    public CancellationToken RequestAborted { get; set; }

    /// <summary>It broke off after it had begun: what there is of it says nothing.</summary>
    public bool IsBroken { get; private set; }

    public override bool HasStarted => _body.Length > 0;

    /// <summary>It was longer than what is kept.</summary>
    public bool IsTooLong => _body.IsTooLong;

    public ReadOnlyMemory<byte> Bytes => _body.GetBuffer().AsMemory(0, (int)_body.Length);

    public void Abort() => IsBroken = true;

    public override void OnStarting(Func<object, Task> callback, object state) => _starting.Push((callback, state));

    /// <summary>Runs what waits for the answer to begin, such as the count of refusals, the last first as over a connection. Here an answer begins when all of it is there.</summary>
    public async Task BeginAsync()
    {
        while (_starting.TryPop(out var one))
            await one.Callback(one.State);
    }

    public void Dispose() => _body.Dispose();

    private sealed class Bounded : MemoryStream
    {
        public bool IsTooLong { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Fits(buffer.Length))
                base.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (Fits(count))
                base.Write(buffer, offset, count);
        }

        // Those of MemoryStream end in the two above, but not by promise.
        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            Write(buffer, offset, count);
            return Task.CompletedTask;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        private bool Fits(int count)
        {
            IsTooLong |= Length + count > Limit;
            return !IsTooLong;
        }
    }
}
