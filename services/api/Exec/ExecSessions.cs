using System.Collections.Concurrent;
using Kontena.Api.Http;
using Kontena.Contracts.Exec;
using Kontena.Contracts.Messaging;
using Kontena.Core.Ids;

namespace Kontena.Api.Exec;

/// <summary>The sessions of this process, by id.</summary>
internal sealed class ExecSessions(TimeProvider time)
{
    public const int Most = 200;

    private readonly ConcurrentDictionary<string, ExecSession> _open = new(StringComparer.Ordinal);

    /// <exception cref="HttpRefusal">503: too many already.</exception>
    public ExecSession Open()
    {
        if (_open.Count >= Most)
            throw HttpRefusal.Away($"{Most} commands are running through this api, the most it serves; end one, or try again later");
        var session = new ExecSession(ObjectId.New(time));
        _open[session.Id] = session;
        return session;
    }

    public void Close(ExecSession session) => _open.TryRemove(session.Id, out _);

    /// <summary>Output of a session that has ended is dropped, and so is what another node than the session's says.</summary>
    /// <param name="sender">As the broker says it; null when it can't tell nodes apart.</param>
    public void Deliver(ExecOutput output, NodeOutlet? sender)
    {
        if (_open.TryGetValue(output.SessionId, out var session) && (sender is null || sender.IsToken(session.NodeId)))
            session.Deliver(output);
    }
}
