using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Registries;
using Kontena.Core.Vault;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Registration;
using Kontena.NodeAgent.Registries;
using Kontena.Testing.Docker;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kontena.NodeAgent.Tests.Support;

/// <summary>grid-manager's place at the other end of the bus: answers each question for a login at once. Without a password the grid has none.</summary>
internal sealed class LoginDesk : IControlBus
{
    public const string Registry = "registry.example";

    public LoginDesk(NodeMembership membership, AgentIdentity identity, TimeProvider? time = null) =>
        Logins = new RegistryLogins(membership, identity, this, time ?? TimeProvider.System, NullLogger<RegistryLogins>.Instance);

    private LoginDesk((NodeMembership Membership, AgentIdentity Identity) node, TimeProvider? time)
        : this(node.Membership, node.Identity, time)
    {
    }

    /// <summary>Of a node that has joined.</summary>
    public LoginDesk(TimeProvider? time = null)
        : this(JoinedNode(), time)
    {
    }

    public RegistryLogins Logins { get; }

    public List<AskRegistryLogin> Asked { get; } = [];

    public Destination? AskedAt { get; private set; }

    public string? Password { get; set; }

    public string? Problem { get; set; }

    /// <summary>The broker is away.</summary>
    public bool Away { get; set; }

    /// <summary>What becomes of an answer on its way; null: it is lost.</summary>
    public Func<RegistryLoginTold, RegistryLoginTold?> OnTheWay { get; set; } = told => told;

    public Task SendAsync(Destination destination, object message, CancellationToken cancellationToken)
    {
        if (Away)
            throw new TimeoutException("the broker is away");
        var question = (AskRegistryLogin)message;
        AskedAt = destination;
        Asked.Add(question);
        var told = new RegistryLoginTold { QuestionId = question.QuestionId, Problem = Problem };
        if (Password is { } password)
        {
            told = told with
            {
                Registry = Registry,
                Username = "bot",
                Password = BusSeal.Seal(question.PublicKey, RegistryPlaces.Telling(question.Grid, question.NodeId, question.QuestionId, Registry), password),
            };
        }

        if (OnTheWay(told) is { } arrived)
            Logins.Deliver(arrived);
        return Task.CompletedTask;
    }

    public Task<TReply> AskAsync<TRequest, TReply>(Destination destination, TRequest request, TimeSpan timeout, CancellationToken cancellationToken)
        where TRequest : class
        where TReply : class => throw new InvalidOperationException($"the agent asks nobody, but asked {destination.Name}");

    private static (NodeMembership, AgentIdentity) JoinedNode()
    {
        var options = new NodeAgentOptions { DataDirectory = Directory.CreateTempSubdirectory("kontena-logins-").FullName };
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(options.DataDirectory, recursive: true);
        var identity = new AgentIdentity(options, new FakeContainerEngine(), TimeProvider.System, NullLogger<AgentIdentity>.Instance);
        identity.SettleAsync(CancellationToken.None).GetAwaiter().GetResult();
        var membership = new NodeMembership(options, NullLogger<NodeMembership>.Instance);
        membership.AcceptAsync(
            new NodeJoined { Grid = "test", Node = "node-1", Number = 1, GridSubnet = "10.81.0.0/16", NodeSubnet = "10.81.1.0/24" }, CancellationToken.None).GetAwaiter().GetResult();
        return (membership, identity);
    }
}
