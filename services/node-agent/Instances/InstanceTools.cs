using Kontena.Docker;
using Kontena.NodeAgent.Engine;
using Kontena.NodeAgent.Housekeeping;
using Kontena.NodeAgent.Leases;
using Kontena.NodeAgent.Logs;
using Kontena.NodeAgent.Names;
using Kontena.NodeAgent.Networking;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Registration;
using Kontena.NodeAgent.Secrets;
using Kontena.NodeAgent.Volumes;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Instances;

/// <summary>What all instances of the machine share.</summary>
internal sealed record InstanceTools(
    IContainerEngine Engine,
    TimeProvider Time,
    NodeAgentOptions Options,
    NodeMembership Membership,
    OrderBook Orders,
    ImageStore Images,
    ImageLedger Ledger,
    GridNetwork Network,
    StartGates Gates,
    LogBuffer HookOutput,
    VolumeBoard Volumes,
    LeaseBook Leases,
    NamesBoard Names,
    NameServer NameServer,
    SecretKey SecretKey,
    SecretFiles SecretFiles,
    ILogger<InstanceTools> Logger);
