namespace Kontena.NodeAgent.Joining;

/// <summary>What <c>kontena-agent join</c> was given.</summary>
/// <param name="Token">Null: the machine is a node already and is known by its key.</param>
/// <param name="Fingerprint">Null: the master's certificate is one that the system trusts.</param>
/// <param name="Name">Null: the setting, or the host name.</param>
internal sealed record JoinArguments(Uri Master, string? Token, string? Fingerprint, string? Name, IReadOnlyList<string> Labels)
{
    /// <summary>Pure.</summary>
    /// <param name="args">After <c>join</c>.</param>
    /// <param name="tokenOfEnvironment">Taken when none is among the arguments.</param>
    /// <returns>Either what was meant or what is wrong with it.</returns>
    public static (JoinArguments? Wanted, string? Mistake) Read(IReadOnlyList<string> args, string? tokenOfEnvironment)
    {
        var given = new List<string>();
        var labels = new List<string>();
        string? fingerprint = null, name = null;
        for (var index = 0; index < args.Count; index++)
        {
            if (args[index] is not ("--ca-fingerprint" or "--name" or "--label"))
            {
                if (args[index].StartsWith("--", StringComparison.Ordinal))
                    return (null, $"unknown option {args[index]}");
                given.Add(args[index]);
                continue;
            }

            if (index + 1 == args.Count)
                return (null, $"{args[index]} needs a value");
            var value = args[index + 1];
            if (args[index] == "--label")
                labels.Add(value);
            else if (args[index] == "--name")
                name = value;
            else
                fingerprint = value;
            index++;
        }

        if (given.Count is 0 or > 2)
            return (null, given.Count == 0 ? "the address of the master is missing" : $"{given.Count} arguments are too many");
        if (!Uri.TryCreate(given[0], UriKind.Absolute, out var master) || master.Scheme is not ("https" or "http"))
            return (null, $"'{given[0]}' is no address of a master");
        var token = given.Count == 2 ? given[1] : string.IsNullOrWhiteSpace(tokenOfEnvironment) ? null : tokenOfEnvironment.Trim();
        return (new JoinArguments(master, token, fingerprint, name, labels), null);
    }
}
