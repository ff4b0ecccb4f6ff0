using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.NodeAgent.Reports;
using Kontena.Simulation.Tests.Platform;
using Kontena.Simulation.Tests.Time;

namespace Kontena.Simulation.Tests.Nodes;

/// <summary>Sends what the board holds, as the agent's sender does, without its threads.</summary>
internal sealed class ReportPump
{
    private static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private const int AtOnce = 32;

    private readonly SimProcess _process;
    private readonly BusLink _bus;
    private readonly ReportBoard _board;

    public ReportPump(World world, SimProcess process, BusLink bus, ReportBoard board)
    {
        (_process, _bus, _board) = (process, bus, board);
        _ = world.WatchAsync(process, RunAsync());
    }

    private async Task RunAsync()
    {
        while (true)
        {
            await WaitAsync();
            await Task.Delay(Debounce, _process.Clock, CancellationToken.None);
            while (_board.Take(AtOnce) is { Count: > 0 } waiting)
            {
                var failed = false;
                foreach (var sending in waiting.Select(SendAsync).ToList())
                    failed |= !await sending;
                if (failed)
                    await Task.Delay(Pause, _process.Clock, CancellationToken.None);
            }
        }
    }

    private async Task WaitAsync()
    {
        if (_board.NextDue() is not { } left)
        {
            await _board.NewsAsync(CancellationToken.None);
            return;
        }

        using var due = new CancellationTokenSource(left, _process.Clock);
        try
        {
            await _board.NewsAsync(due.Token);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task<bool> SendAsync(InstanceObserved observed)
    {
        try
        {
            await _bus.SendAsync(Destination.Report(observed.Grid, "observed"), observed, CancellationToken.None);
            _board.Sent(observed);
            return true;
        }
        catch (TimeoutException)
        {
            _board.Failed(observed);
            return false;
        }
    }
}
