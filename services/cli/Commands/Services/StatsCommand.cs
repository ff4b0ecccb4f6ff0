using System.CommandLine;
using System.Globalization;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service stats NAME</c> (cli.md §9.5): what each running container uses now; those that use most processor time first.</summary>
internal sealed class StatsCommand : CommandBody
{
    private const string Unknown = "N/A";

    /// <summary>Limits above say that there is none (rest-api.md §18.1).</summary>
    private const long NoLimit = long.MaxValue / 2;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly Option<bool> tail;
    private readonly OutputFeature output;

    public StatsCommand()
    {
        name = Required("NAME", "The service: name or stack/name");
        grid = new GridFeature(this);
        tail = Switch("--tail", "-t", "Print again every 2 s");
        output = new OutputFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = $"{ApiPaths.Service(grid.Of(run), run.Value(name))}/stats";
        while (true)
        {
            var body = await run.Api.GetAsync(path, cancellationToken);
            if (!output.WroteJson(run, body))
            {
                var table = new Table("INSTANCE", "CPU %", "MEM USAGE/LIMIT", "MEM %", "NET I/O");
                foreach (var container in ApiClient.Read(path, body, KontenaResponseJson.Default.StatsJson).Stats) table.Add(Row(container));
                table.Write(run.Out, run.Paint);
            }

            if (!run.Value(tail)) return Exit.Done;
            run.Out.WriteLine();
            await Task.Delay(Pause, run.Time, cancellationToken);
        }
    }

    private static string[] Row(ContainerStatsJson container)
    {
        var limit = container.Memory?.Limit is { } bytes and > 0 and < NoLimit ? bytes : (long?)null;
        return
        [
            container.ContainerId,
            container.Cpu is { } cpu ? Percent(cpu.Usage) : Unknown,
            $"{Size(container.Memory?.Usage)}/{Size(limit)}",
            container.Memory is { } memory && limit is { } most ? Percent(memory.Usage * 100.0 / most) : Unknown,
            $"{Size(container.Network?.Internal.RxBytes + container.Network?.External.RxBytes)}/{Size(container.Network?.Internal.TxBytes + container.Network?.External.TxBytes)}",
        ];
    }

    private static string Percent(double percent) => percent.ToString("0.00", CultureInfo.InvariantCulture) + "%";

    private static string Size(long? bytes) => bytes is { } known ? Sizes.Short(known) : Unknown;
}
