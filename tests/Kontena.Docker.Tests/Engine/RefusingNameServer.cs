using System.Net;
using System.Net.Sockets;

namespace Kontena.Docker.Tests.Engine;

/// <summary>Answers every question with "no such name", at once. Stands where the node-agent's DNS will: at the network's gateway.</summary>
internal sealed class RefusingNameServer : IDisposable
{
    private readonly UdpClient _socket;

    public RefusingNameServer(string address)
    {
        _socket = new UdpClient(new IPEndPoint(IPAddress.Parse(address), 53));
        _ = AnswerAsync();
    }

    public void Dispose() => _socket.Dispose();

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var question = await _socket.ReceiveAsync();
                var answer = question.Buffer;
                if (answer.Length < 12) continue;
                answer[2] |= 0x80; // a response
                answer[3] = 0x83; // recursion available, NXDOMAIN
                await _socket.SendAsync(answer, question.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // closed by Dispose
        }
    }
}
