using System.Text.Json.Nodes;
using Kontena.Contracts.Exec;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Docker;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Registration;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Questions;

/// <summary>Asks the engine what the api wants to know of a container, and tells it.</summary>
internal sealed class ContainerQuestions(
    IContainerEngine engine, InstanceSupervisor supervisor, OrderBook orders, NodeMembership membership, IDataBus bus, TimeProvider time, ILogger<ContainerQuestions> logger)
{
    /// <summary>Asked of the engine at once; one more is refused, as whoever asked waits no longer than for these.</summary>
    public const int Most = 16;

    /// <summary>The api waits longer, so that it hears of a slow engine rather than of nothing.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private int _asking;

    /// <summary>Begins; the answer, also a refusal, goes to <see cref="AskContainer.ReplyTo"/>.</summary>
    public void Take(AskContainer question) => _ = TellAsync(question);

    /// <summary>Never throws.</summary>
    internal async Task TellAsync(AskContainer question)
    {
        try
        {
            await bus.SendAsync(Destination.Queue(question.ReplyTo), await AnswerAsync(question), CancellationToken.None);
        }
        catch (TimeoutException error)
        {
            logger.LogWarning("Question {Question} about a container stays without answer: it is not taken ({Reason})", question.QuestionId, error.Message);
        }
        catch (Exception error)
        {
            logger.LogError(error, "Question {Question} about a container stays without answer", question.QuestionId);
        }
    }

    private async Task<ContainerAnswer> AnswerAsync(AskContainer question)
    {
        var answer = new ContainerAnswer { QuestionId = question.QuestionId };
        // The broker lets the api name any container; only those of this platform's instances are told of.
        if (supervisor.Workers.FirstOrDefault(worker => worker.Containers.Any(container => container.Id == question.ContainerId)) is not { } worker)
            return answer with { IsMissing = true };
        if (Interlocked.Increment(ref _asking) > Most)
        {
            Interlocked.Decrement(ref _asking);
            return answer with { Error = $"the node answers {Most} questions about containers already; try again in a moment" };
        }

        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            return await AskEngineAsync(question, orders.Find(worker.InstanceId)?.Spec, patience.Token) switch
            {
                null => answer with { IsMissing = true },
                { Length: > ContainerAnswer.LongestJson } => answer with { Error = "the engine's answer is over 1 MB, the most that is carried" },
                var json => answer with { Json = json },
            };
        }
        catch (OperationCanceledException)
        {
            return answer with { Error = $"the engine did not answer within {Patience.TotalSeconds:0} s" };
        }
        catch (Exception error) when (error is EngineException or EngineUnavailableException)
        {
            return answer with { Error = error.Message };
        }
        finally
        {
            Interlocked.Decrement(ref _asking);
        }
    }

    private async Task<string?> AskEngineAsync(AskContainer question, InstanceSpec? spec, CancellationToken cancellationToken)
    {
        if (question.Question == ContainerQuestion.Top)
            return await engine.ProcessesAsync(question.ContainerId, cancellationToken) is { } table ? ProcessList.Of(table).ToJsonString() : null;
        if (await engine.DescribeContainerAsync(question.ContainerId, cancellationToken) is not { } described)
            return null;
        var image = (string?)(described["Image"] as JsonValue) is { Length: > 0 } id ? await engine.InspectImageAsync(id, cancellationToken) : null;
        IReadOnlyList<string> given = spec is null ? [] : [.. spec.Env, .. ContainerBlueprint.Environment(spec, membership.Current?.Node ?? "")];
        PublicEnvironment.Mask(described, [.. given, .. image?.Env ?? []]);
        return described.ToJsonString();
    }
}
