using System.Diagnostics;

namespace Kontena.Bench;

/// <summary>This program once more, as a server in a process of its own; ended by closing its input.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);
    private readonly Process _process;
    private readonly TimeProvider _time;

    private ServerProcess(Process process, Uri address, TimeProvider time) => (_process, Address, _time) = (process, address, time);

    public Uri Address { get; }

    public double ResidentMegabytes()
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;
    }

    public static async Task<ServerProcess> StartAsync(TimeProvider time, params string[] words)
    {
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, words) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var address = await AddressAsync(process).WaitAsync(StartLimit, time);
        // What else it says would fill its pipe one day.
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        return new ServerProcess(process, address, time);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(StopLimit, _time);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static async Task<Uri> AddressAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("ready ", StringComparison.Ordinal))
                return new Uri(line["ready ".Length..]);
        }

        throw new InvalidOperationException("the server ended before it was ready");
    }
}
