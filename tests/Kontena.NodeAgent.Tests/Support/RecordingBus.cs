using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;

namespace Kontena.NodeAgent.Tests.Support;

/// <summary>Takes every message at once and remembers it; or, while <see cref="Away"/>, none.</summary>
internal sealed class RecordingBus : IControlBus, IDataBus
{
    private readonly Lock _guard = new();
    private readonly List<(Destination Destination, object Message)> _sent = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public volatile bool Away;

    public IReadOnlyList<(Destination Destination, object Message)> Sent
    {
        get
        {
            lock (_guard)
                return [.. _sent];
        }
    }

    public IReadOnlyList<T> Of<T>() => [.. Sent.Select(one => one.Message).OfType<T>()];

    public Task SendAsync(Destination destination, object message, CancellationToken cancellationToken)
    {
        if (Away)
            throw new TimeoutException("the broker is away");
        lock (_guard)
        {
            _sent.Add((destination, message));
            _more.TrySetResult();
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return Task.CompletedTask;
    }

    /// <summary>The first message, sent or still to be sent, that fits; fails after the patience with what was sent instead.</summary>
    public async Task<T> WaitForAsync<T>(Func<T, bool> fits, int seconds = 30)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), TimeProvider.System);
        var read = 0;
        while (true)
        {
            Task more;
            lock (_guard)
            {
                more = _more.Task;
                for (; read < _sent.Count; read++)
                {
                    if (_sent[read].Message is T message && fits(message))
                        return message;
                }
            }

            try
            {
                await more.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"no fitting {typeof(T).Name} within {seconds} s; sent:\n{string.Join('\n', Of<T>())}");
            }
        }
    }

    /// <summary>Messages up to now don't count for the next wait.</summary>
    public void Forget()
    {
        lock (_guard)
            _sent.Clear();
    }

    public Task<TReply> AskAsync<TRequest, TReply>(Destination destination, TRequest request, TimeSpan timeout, CancellationToken cancellationToken)
        where TRequest : class
        where TReply : class => throw new InvalidOperationException($"the agent asks nobody, but asked {destination.Name} for {typeof(TReply).Name}");
}
