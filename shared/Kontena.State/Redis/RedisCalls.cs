using Polly;
using Polly.Retry;
using Polly.Timeout;
using StackExchange.Redis;

namespace Kontena.State.Redis;

/// <summary>Runs one call: tried again while Redis is away for a moment, given up with a sentence when it stays away.</summary>
internal sealed class RedisCalls(RedisConnection connection, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // Answers of a server that is starting, failing over or busy: the same call may succeed in a moment.
    private static readonly string[] PassingErrors =
        ["LOADING", "BUSY", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOSCRIPT", "NOREPLICAS"];

    private readonly ResiliencePipeline _reads = Pipeline(time, retries: 30, attempt: TimeSpan.FromSeconds(3), whole: TimeSpan.FromSeconds(5));

    // A big batch may take its time once Redis works on it; a Redis that is not there is given up after five seconds too.
    private readonly ResiliencePipeline _writes = Pipeline(time, retries: 50, attempt: TimeSpan.FromSeconds(10), whole: TimeSpan.FromSeconds(15));

    private readonly ResiliencePipeline _pings = Pipeline(time, retries: 0, attempt: TimeSpan.FromSeconds(1), whole: TimeSpan.FromSeconds(2));

    public Task<T> ReadAsync<T>(Func<IDatabase, Task<T>> call, CancellationToken cancellationToken) =>
        RunAsync(_reads, call, "nothing was read", cancellationToken);

    /// <summary>Only for calls that may be made twice.</summary>
    public Task<T> WriteAsync<T>(Func<IDatabase, Task<T>> call, CancellationToken cancellationToken) =>
        RunAsync(_writes, call, "it is unknown whether the change was stored", cancellationToken);

    /// <summary>Fails at once, with the cause looked into: this is what people read when they ask whether the process is ready.</summary>
    public async Task PingAsync<T>(Func<IDatabase, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(_pings, call, "this process waits for it", cancellationToken);
        }
        catch (StateUnavailableException first) when (!connection.IsConnected)
        {
            await connection.DiagnoseAsync(cancellationToken);
            throw Unavailable(first.InnerException ?? first, "this process waits for it");
        }
    }

    private static ResiliencePipeline Pipeline(TimeProvider time, int retries, TimeSpan attempt, TimeSpan whole)
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(whole);
        if (retries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<Exception>(MayPass),
                MaxRetryAttempts = retries,
                BackoffType = DelayBackoffType.Constant,
                Delay = Pause,
            });
        }

        return builder.AddTimeout(attempt).Build();
    }

    private static bool MayPass(Exception failure) =>
        failure is RedisConnectionException or TimeoutException or TimeoutRejectedException
        || (failure is RedisServerException answer && PassingErrors.Any(one => answer.Message.StartsWith(one, StringComparison.Ordinal)));

    private async Task<T> RunAsync<T>(
        ResiliencePipeline pipeline, Func<IDatabase, Task<T>> call, string outcome, CancellationToken cancellationToken)
    {
        try
        {
            return await pipeline.ExecuteAsync(
                async token =>
                {
                    // This client's own calls never time out, so each is left behind when its time is over.
                    var database = await connection.DatabaseAsync(token).WaitAsync(token);
                    return await call(database).WaitAsync(token);
                },
                cancellationToken);
        }
        catch (Exception failure) when (
            failure is RedisException or TimeoutException or TimeoutRejectedException or ObjectDisposedException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Unavailable(failure, outcome);
        }
    }

    private StateUnavailableException Unavailable(Exception failure, string outcome) =>
        new($"Redis {connection.Address}: {Cause(failure)}; {outcome}", failure);

    private string Cause(Exception failure) => failure switch
    {
        RedisServerException answer => Remedy(answer.Message),
        ObjectDisposedException => "the connection is closed, this process is stopping",
        _ when connection is { IsConnected: false, Diagnosis: { } diagnosis } => diagnosis,
        TimeoutRejectedException or TimeoutException or OperationCanceledException when connection.IsConnected => "no answer in time",
        _ => "it can't be reached; check that it runs and what Kontena:State:Redis says",
    };

    private static string Remedy(string answer) => answer switch
    {
        _ when answer.StartsWith("NOAUTH", StringComparison.Ordinal) || answer.StartsWith("WRONGPASS", StringComparison.Ordinal) =>
            "it wants a password; set Kontena:State:Redis to host:port,password=…",
        _ when answer.StartsWith("OOM", StringComparison.Ordinal) => "it has no memory left; raise its maxmemory",
        _ when answer.StartsWith("MISCONF", StringComparison.Ordinal) => "it can't write to its disk; make room or repair it",
        _ when answer.StartsWith("LOADING", StringComparison.Ordinal) => "it is still loading its data",
        _ => answer,
    };
}
