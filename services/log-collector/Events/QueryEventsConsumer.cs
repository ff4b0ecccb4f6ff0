using Kontena.Contracts.Events;
using Kontena.LogCollector.Queries;
using Kontena.LogCollector.Storage;
using MassTransit;

namespace Kontena.LogCollector.Events;

/// <summary>Answers a question about events; a question that makes no sense is answered with the reason.</summary>
internal sealed class QueryEventsConsumer(EventLog log) : IConsumer<QueryEvents>
{
    public Task Consume(ConsumeContext<QueryEvents> context) => context.RespondAsync(Answer(log, context.Message));

    public static EventPage Answer(EventLog log, QueryEvents query)
    {
        if (WhyNot(query) is { } refusal)
            return new EventPage { Events = [], Error = refusal };
        try
        {
            return new EventPage { Events = log.Read(query) };
        }
        catch (LogStoreException exception)
        {
            return new EventPage { Events = [], Error = exception.Message };
        }
    }

    private static string? WhyNot(QueryEvents query)
    {
        if (query.Limit is < 1 or > QueryLimits.MostLines)
            return $"limit is {query.Limit}; 1 to {QueryLimits.MostLines} is possible";
        if (query.After is not null && LineId.Parse(query.After) is null)
            return "the place to go on from is not the id of an event";
        return new[] { query.AnyNode, query.AnyStack, query.AnyService }.Any(list => list?.Count > QueryLimits.MostItems)
            ? $"a list has more than {QueryLimits.MostItems} names"
            : null;
    }
}
