using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.GridManager.Identities;

/// <summary>Looks after users that the broker should have: at once when told, and every half minute, so that a broker that was away or lost them is made up for. One look at a time.</summary>
/// <param name="whose">Whose users these are, in the plural.</param>
/// <param name="time">Says when half a minute is over.</param>
/// <param name="logger">Of who looks after them.</param>
internal abstract class BrokerUserKeeper(string whose, TimeProvider time, ILogger logger) : BackgroundService
{
    protected static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Lock _guard = new();

    /// <summary>In this look: a line or two, and one for each user at most.</summary>
    private HashSet<string> _saying = new(StringComparer.Ordinal);

    /// <summary>In the look before.</summary>
    private HashSet<string> _said = new(StringComparer.Ordinal);

    protected TimeProvider Time { get; } = time;

    protected ILogger Logger { get; } = logger;

    /// <summary>Something was committed since the look under way began: another follows it.</summary>
    protected bool HasNews => _news.Reader.TryPeek(out _);

    /// <summary>Something was committed that concerns these users: it is carried out now and not at the next look.</summary>
    public void LookNow() => _news.Writer.TryWrite(true);

    /// <summary>One look.</summary>
    /// <exception cref="HttpRequestException">The management API is away or refuses.</exception>
    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken);
        await LookAsync(cancellationToken);
    }

    /// <summary>Compares, and mends the difference.</summary>
    /// <exception cref="HttpRequestException">The management API is away or refuses.</exception>
    protected abstract Task LookAsync(CancellationToken cancellationToken);

    /// <summary>Until it is disposed of there is no look.</summary>
    protected async Task<Turn> TakeTurnAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        return new Turn(_turn);
    }

    /// <summary>Once, until a look has passed without it.</summary>
    protected void Say(string line)
    {
        lock (_guard)
        {
            if (_saying.Add(line) && !_said.Contains(line))
                Logger.LogWarning("{Line}", line);
        }
    }

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await TurnAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Say($"The broker users of {whose} can't be looked after; tried again every {Every.TotalSeconds:0} s: {exception.Message}");
            }

            lock (_guard)
            {
                _said = _saying;
                _saying = new(StringComparer.Ordinal);
            }

            await PauseAsync(stoppingToken);
        }
    }

    private async Task PauseAsync(CancellationToken stoppingToken)
    {
        using var due = new CancellationTokenSource(Every, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, stoppingToken);
        try
        {
            await _news.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
        }
    }

    protected readonly struct Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
