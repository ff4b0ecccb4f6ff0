using System.Runtime.CompilerServices;

namespace Kontena.Cli.Api;

/// <summary>Reads log lines; with follow it goes on after the last line seen when the connection breaks.</summary>
internal sealed class LogReader<TLine>(ApiClient api, TimeProvider time, LogKind<TLine> kind)
    where TLine : class
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LaterPause = TimeSpan.FromSeconds(1);

    /// <summary>Reconnections in a row without a line before giving up: about five minutes.</summary>
    private const int MaxRetries = 300;

    public async IAsyncEnumerable<TLine> ReadAsync(LogQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!query.Follow)
        {
            foreach (var line in await kind.PageAsync(api, query.ToPath(), cancellationToken)) yield return line;
            yield break;
        }

        var failures = 0;
        var everOpen = false;
        while (true)
        {
            await using var connection = ConnectAsync(query, () => everOpen = true, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                TLine? line = null;
                try
                {
                    if (await connection.MoveNextAsync()) line = connection.Current;
                }
                catch (ApiException)
                {
                    throw;
                }
                catch (Exception error) when (IsBreak(error, cancellationToken))
                {
                    if (!everOpen) throw;
                    if (++failures > MaxRetries) throw api.Unreachable(error);
                }

                if (line is null) break;
                failures = 0;
                if (kind.Id(line) is { Length: > 0 } id) query = query with { From = id };
                yield return line;
            }

            await Task.Delay(failures == 0 ? FirstPause : LaterPause, time, cancellationToken);
        }
    }

    private async IAsyncEnumerable<TLine> ConnectAsync(
        LogQuery query, Action opened, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = await api.OpenStreamAsync(query.ToPath(), cancellationToken);
        opened();

        // The server sends a blank twice a second, so a long silence is a dead connection.
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(_ => silence.Cancel(), null, api.ReadTimeout, Timeout.InfiniteTimeSpan);
        CancellationToken Idle()
        {
            timer.Change(api.ReadTimeout, Timeout.InfiniteTimeSpan);
            return silence.Token;
        }

        await foreach (var line in JsonStream.ReadAsync(stream, kind.Line, Idle, cancellationToken))
            yield return line;
    }

    private static bool IsBreak(Exception error, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested
        && error is IOException or HttpRequestException or CliException or OperationCanceledException or InvalidDataException;
}
