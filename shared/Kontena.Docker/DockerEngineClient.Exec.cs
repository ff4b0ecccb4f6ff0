using Kontena.Docker.Exec;
using Kontena.Docker.Transport;
using Kontena.Docker.Wire;

namespace Kontena.Docker;

public sealed partial class DockerEngineClient
{
    public async Task<IExecSession> ExecAsync(string container, ExecConfig config, CancellationToken cancellationToken)
    {
        var wire = new WireCreateExec
        {
            Cmd = config.Cmd,
            Tty = config.Tty,
            AttachStdin = config.AttachStdin,
            Env = config.Env.Count > 0 ? config.Env : null,
        };
        var create = EngineCall.Post($"/containers/{EnginePath.Segment(container)}/exec", wire, EngineJson.Default.WireCreateExec);
        var exec = await _transport.ReadAsync(create, EngineJson.Default.WireId, cancellationToken);
        return await ExecSession.StartAsync(_transport, exec.Id ?? "", config.Tty, cancellationToken);
    }
}
