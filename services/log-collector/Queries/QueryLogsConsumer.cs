using Kontena.Contracts.Logs;
using Kontena.LogCollector.Search;
using Kontena.LogCollector.Storage;
using MassTransit;

namespace Kontena.LogCollector.Queries;

/// <summary>Answers a question about lines; a question that makes no sense is answered with the reason.</summary>
internal sealed class QueryLogsConsumer(ILogStore store) : IConsumer<QueryLogs>
{
    public async Task Consume(ConsumeContext<QueryLogs> context) =>
        await context.RespondAsync(await AnswerAsync(store, context.Message, context.CancellationToken));

    public static async Task<LogPage> AnswerAsync(ILogStore store, QueryLogs query, CancellationToken cancellationToken)
    {
        if (QueryLimits.WhyNot(query) is { } refusal)
            return new LogPage { Lines = [], Error = refusal };

        SearchNode? search = null;
        if (!string.IsNullOrWhiteSpace(query.Text))
        {
            var parsed = SearchParser.Parse(query.Text);
            if (parsed.Error is not null)
                return new LogPage { Lines = [], Error = parsed.Error };
            search = parsed.Node;
        }

        try
        {
            return new LogPage { Lines = await store.QueryAsync(query, search, cancellationToken) };
        }
        catch (LogStoreException exception)
        {
            return new LogPage { Lines = [], Error = exception.Message };
        }
    }
}
