namespace Kontena.Hosting.Bus;

/// <summary>Whether the broker refuses the login of this process at this moment: it is there, and does not let it in.</summary>
public sealed class BrokerLogin
{
    private volatile bool _refused;

    public bool IsRefused => _refused;

    internal void Refused() => _refused = true;

    internal void Accepted() => _refused = false;
}
