using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Kontena.Api.Exec;
using Kontena.Api.Http;
using Kontena.Api.Nodes;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Exec;
using Kontena.Contracts.Messaging;
using Kontena.Core.Ids;
using Kontena.Hosting.Bus;

namespace Kontena.Api.Containers;

/// <summary>Asks nodes about their containers, and waits for the answers within <see cref="ApiOptions.CommandTimeout"/>.</summary>
internal sealed class ContainerQuestions(SnapshotReader reader, ExecProcess process, IDataBus bus, ApiOptions options, TimeProvider time)
{
    /// <summary>Waiting at once.</summary>
    public const int Most = 200;

    private readonly ConcurrentDictionary<string, Open> _open = new(StringComparer.Ordinal);

    /// <returns>The node's answer: JSON, as it is.</returns>
    /// <exception cref="HttpRefusal">404 when there is no such container, 503 when its node is away or silent, 500 when its engine refuses.</exception>
    public async Task<ReadOnlyMemory<byte>> AskAsync(string grid, string node, string name, ContainerQuestion question, CancellationToken cancellationToken)
    {
        var snapshot = await reader.WholeAsync(await reader.GridAsync(grid, cancellationToken), cancellationToken);
        var observed = ContainerEndpoints.Find(snapshot, node, name).Observed;
        if (await reader.WhyAwayAsync(grid, observed.Node, cancellationToken) is { } reason)
            throw HttpRefusal.Away(reason);
        if (_open.Count >= Most)
            throw HttpRefusal.Away($"{Most} questions about containers are waiting for their nodes through this api, the most it asks at once; try again in a moment");

        var asked = new Open(observed.NodeId);
        var id = ObjectId.New(time);
        _open[id] = asked;
        try
        {
            var ask = new AskContainer { QuestionId = id, ContainerId = observed.ContainerId!, ReplyTo = process.Queue, Question = question };
            await bus.SendAsync(Destination.Queue(Queues.NodeExec(observed.NodeId)), ask, cancellationToken);
            return Read(await WaitAsync(asked, observed.Node, cancellationToken), observed.Node);
        }
        finally
        {
            _open.TryRemove(id, out _);
        }
    }

    /// <summary>An answer that nobody waits for any more is dropped, and so is what another node than the one asked says.</summary>
    /// <param name="sender">As the broker says it; null when it can't tell nodes apart.</param>
    public void Deliver(ContainerAnswer answer, NodeOutlet? sender)
    {
        if (_open.TryGetValue(answer.QuestionId, out var asked) && (sender is null || sender.IsToken(asked.NodeId)))
            asked.Answer.TrySetResult(answer);
    }

    private async Task<ContainerAnswer> WaitAsync(Open asked, string node, CancellationToken cancellationToken)
    {
        try
        {
            return await asked.Answer.Task.WaitAsync(options.CommandTimeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw HttpRefusal.Away($"node {node} did not answer within {options.CommandTimeout.TotalSeconds:0} s; its agent is busy, away, or too old for this question");
        }
    }

    private static ReadOnlyMemory<byte> Read(ContainerAnswer answer, string node) => answer switch
    {
        // The original says nothing but the status here.
        { IsMissing: true } => throw new HttpRefusal(StatusCodes.Status404NotFound, body: null),
        { Error: { } error } => throw new HttpRefusal(StatusCodes.Status500InternalServerError, $"node {node}: {error}"),
        { Json: { Length: <= ContainerAnswer.LongestJson } json } when IsJson(json) => Encoding.UTF8.GetBytes(json),
        _ => throw new HttpRefusal(StatusCodes.Status500InternalServerError, $"node {node} answered something that is no JSON; the log of its agent may say why"),
    };

    /// <summary>A client that reads JSON is given nothing else, whatever the machine at the other end runs.</summary>
    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private sealed record Open(string NodeId)
    {
        public TaskCompletionSource<ContainerAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
