using Kontena.Contracts.Messaging;

namespace Kontena.Api.Exec;

/// <summary>This api process, as nodes address the output of its exec sessions.</summary>
internal sealed record ExecProcess(string Id)
{
    public string Queue { get; } = Queues.ApiExec(Id);
}
