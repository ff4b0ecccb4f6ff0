using Kontena.Api.Http;
using Kontena.Contracts.Http;
using Kontena.Contracts.Logs;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Services;
using Kontena.Hosting.Bus;

namespace Kontena.Api.Logs;

/// <summary>Asks the log-collector for lines.</summary>
internal sealed class LogReader(IDataBus bus, ApiOptions options)
{
    /// <exception cref="HttpRefusal">503 when the log-collector does not answer, 422 when it can't make sense of the search.</exception>
    public async Task<IReadOnlyList<LogLine>> ReadAsync(QueryLogs query, CancellationToken cancellationToken)
    {
        LogPage page;
        try
        {
            page = await bus.AskAsync<QueryLogs, LogPage>(
                Destination.Queue(Queues.LogQueries), query, options.CommandTimeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw HttpRefusal.Away(
                $"The log-collector did not answer within {options.CommandTimeout.TotalSeconds:0} s: it or the message broker is away; try again in a moment");
        }

        return page.Error is null ? page.Lines : throw HttpRefusal.Invalid("search", page.Error);
    }

    /// <summary>As §19.4: service, stack and grid only for containers of services.</summary>
    public static LogLineJson Render(LogLine line, string grid) => new()
    {
        Id = line.Id,
        Name = line.ContainerName,
        ContainerId = line.InstanceId,
        Service = line.Service.Length == 0 ? null : new IdNameJson($"{grid}/{line.Stack}/{line.Service}", line.Service),
        Stack = line.Service.Length == 0 || line.Stack == Service.NoStack ? null : new IdNameJson($"{grid}/{line.Stack}", line.Stack),
        Grid = line.Service.Length == 0 ? null : new IdNameJson(grid, grid),
        Node = line.Node.Length == 0 ? null : new NameJson(line.Node),
        CreatedAt = line.At,
        Type = line.Stream,
        Data = line.Text,
    };
}
