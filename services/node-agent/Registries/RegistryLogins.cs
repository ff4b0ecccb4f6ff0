using System.Collections.Concurrent;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Registries;
using Kontena.Contracts.Vault;
using Kontena.Core.Ids;
using Kontena.Core.Vault;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Registration;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Registries;

/// <summary>Asks grid-manager with which login an instance's image is to be pulled. The password is sealed for a key made for the question, is in memory while it is pulled and
/// nowhere else; so a node that stands alone pulls without the grid's logins.</summary>
internal sealed class RegistryLogins(NodeMembership membership, AgentIdentity identity, IControlBus bus, TimeProvider time, ILogger<RegistryLogins> logger)
{
    /// <summary>A pull takes seconds anyway, and most need no login: without an answer it is tried as it is.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<RegistryLoginTold>> _asked = new(StringComparer.Ordinal);

    /// <summary>Never throws for want of an answer: a public image needs none.</summary>
    /// <exception cref="OperationCanceledException">The pull is not wanted any more.</exception>
    public async Task<GivenLogin> AskAsync(string instanceId, CancellationToken cancellationToken)
    {
        if (membership.Current is not { } joined || identity.NodeId is not { } nodeId)
            return new GivenLogin(null, "this node has not joined yet, so the grid's logins are not known here");
        using var own = BusSeal.NewKey();
        var question = new AskRegistryLogin
        {
            Grid = joined.Grid, Node = joined.Node, NodeId = nodeId, QuestionId = ObjectId.New(time), InstanceId = instanceId, PublicKey = BusSeal.PublicKeyOf(own),
        };
        var answer = _asked[question.QuestionId] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using var patience = new CancellationTokenSource(Patience, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await bus.SendAsync(Destination.Report(joined.Grid, "login"), question, ended.Token);
            return Read(question, await answer.Task.WaitAsync(ended.Token), (place, value) => BusSeal.Open(own, place, value));
        }
        catch (Exception late) when (late is TimeoutException || (late is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            logger.LogWarning("The master did not say within {Patience} s whether the grid has a login for the image of instance {Instance}", Patience.TotalSeconds, instanceId);
            return new GivenLogin(null, $"the master did not say within {Patience.TotalSeconds:0} s whether the grid has a login for it");
        }
        finally
        {
            _asked.TryRemove(question.QuestionId, out _);
        }
    }

    /// <summary>An answer that nobody waits for any more is dropped.</summary>
    public void Deliver(RegistryLoginTold told)
    {
        if (_asked.TryGetValue(told.QuestionId, out var answer))
            answer.TrySetResult(told);
    }

    /// <summary>Pure but for the opening, which is given.</summary>
    internal static GivenLogin Read(AskRegistryLogin question, RegistryLoginTold told, Func<string, SealedValue, string?> open)
    {
        if (told is not { Registry: { } registry, Username: { } username, Password: { } sealedPassword })
            return new GivenLogin(null, told.Problem);
        return open(RegistryPlaces.Telling(question.Grid, question.NodeId, question.QuestionId, registry), sealedPassword) is { } password
            ? new GivenLogin(new RegistryCredentials(registry, username, password, told.Email))
            : new GivenLogin(null, $"the login at {registry} that the master told was not meant for this question");
    }
}

/// <param name="Login">Null: the grid has none, or it can't be known.</param>
/// <param name="Problem">Why it can't, a sentence; null when all is well.</param>
internal sealed record GivenLogin(RegistryCredentials? Login, string? Problem = null)
{
    /// <summary>Without the password: this must not get into a log by being written out.</summary>
    public override string ToString() => Login is null ? $"no login ({Problem})" : $"login at {Login.Server}";
}
