namespace Kontena.Docker.Transport;

/// <summary>An answer that is still being sent. Reading translates a broken connection; disposing closes it.</summary>
internal sealed class EngineStream(HttpResponseMessage response, Stream body, EngineTransport transport, string call) : IAsyncDisposable
{
    private volatile bool _disposed;

    public string Call => call;

    public bool Disposed => _disposed;

    /// <param name="silence">Longest wait for the next bytes; null waits as long as the caller does.</param>
    /// <returns>0 at the end of the stream, and when we closed it ourselves meanwhile.</returns>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, TimeSpan? silence, CancellationToken cancellationToken)
    {
        using var deadline = silence is { } span ? new Deadline(transport.Time, span, cancellationToken) : null;
        try
        {
            return await body.ReadAsync(buffer, deadline?.Token ?? cancellationToken);
        }
        catch (OperationCanceledException e) when (deadline is { Passed: true })
        {
            throw EngineFailure.TooSlow(transport.Address, call, deadline.Span, e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ObjectDisposedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_disposed) return 0;
            throw Broken(e);
        }
    }

    /// <summary>Only for a hijacked connection: bytes for the process.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await body.WriteAsync(bytes, cancellationToken);
            await body.FlushAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw Broken(e);
        }
    }

    public EngineUnavailableException Broken(Exception? cause = null) => EngineFailure.Broken(transport.Address, call, cause);

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await body.DisposeAsync();
        response.Dispose();
    }
}
