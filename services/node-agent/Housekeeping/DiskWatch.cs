using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Housekeeping;

/// <summary>Looks how full the engine's disk is, whenever the machine's facts are read, and says when it is too full.</summary>
internal sealed class DiskWatch(NodeAgentOptions options, ILogger<DiskWatch> logger, Func<string, DiskUse?>? read = null)
{
    /// <summary>Pressure ends this far below the mark where it began, so that it does not come and go.</summary>
    private const double Slack = 2;

    private readonly Func<string, DiskUse?> _read = read ?? DiskUse.Of;
    private string _rootDir = "";

    /// <summary>Null when the disk can't be seen from here.</summary>
    public DiskUse? Last { get; private set; }

    /// <summary>The disk is fuller than <c>DiskHigh</c>: nothing new should come here.</summary>
    public bool Pressure { get; private set; }

    /// <summary>Set when the disk is found fuller than <c>DiskHigh</c>.</summary>
    public Signal TooFull { get; } = new();

    public void Look(string rootDir)
    {
        _rootDir = rootDir;
        if (LookAgain() is { } use && use.Percent >= options.DiskHigh)
            TooFull.Set();
    }

    /// <summary>At the directory of the last look.</summary>
    public DiskUse? LookAgain()
    {
        Last = _read(_rootDir);
        if (Last is not { } use)
        {
            Pressure = false;
            return null;
        }

        var pressure = use.Percent >= options.DiskHigh - (Pressure ? Slack : 0);
        if (pressure && !Pressure)
            logger.LogWarning("The disk of {Directory} is {Percent:0} % full, more than {High} %", _rootDir, use.Percent, options.DiskHigh);
        else if (!pressure && Pressure)
            logger.LogInformation("The disk of {Directory} is {Percent:0} % full, less than {High} % again", _rootDir, use.Percent, options.DiskHigh);
        Pressure = pressure;
        return use;
    }
}
