namespace Kontena.Docker.Transport;

/// <summary>Which version of the Engine API to speak.</summary>
internal readonly record struct ApiVersion(int Major, int Minor) : IComparable<ApiVersion>
{
    /// <summary>Docker 20.10 (2020), the oldest engine we support: Debian 12's own.</summary>
    public static readonly ApiVersion Oldest = new(1, 41);

    /// <summary>The newest version whose changes were read and found harmless to the calls we make. A newer engine is asked to speak this one.</summary>
    public static readonly ApiVersion Newest = new(1, 52);

    /// <summary>The newest version both sides speak.</summary>
    /// <exception cref="EngineException">There is none; the message says which side is too old.</exception>
    public static ApiVersion Choose(string? engineNewest, string? engineOldest, string engineVersion)
    {
        if (!TryParse(engineNewest, out var newest))
            throw new EngineException(502, $"The engine names '{engineNewest}' as its API version; expected a number such as {Oldest}. Is this a Docker Engine?");
        if (!TryParse(engineOldest, out var oldest)) oldest = newest;

        if (newest < Oldest)
            throw new EngineException(400,
                $"The Docker Engine {engineVersion} speaks API {newest} at most and Kontena needs {Oldest} or newer. Upgrade Docker to 20.10 or newer.");
        if (oldest > Newest)
            throw new EngineException(400,
                $"The Docker Engine {engineVersion} speaks API {oldest} or newer and this Kontena knows {Newest} at most. Upgrade Kontena.");
        return newest < Newest ? newest : Newest;
    }

    public static bool TryParse(string? text, out ApiVersion version)
    {
        version = default;
        if (text is null || text.IndexOf('.') is not (> 0 and var dot)) return false;
        if (!ushort.TryParse(text.AsSpan(0, dot), out var major) || !ushort.TryParse(text.AsSpan(dot + 1), out var minor)) return false;
        version = new ApiVersion(major, minor);
        return true;
    }

    public int CompareTo(ApiVersion other) => (Major, Minor).CompareTo((other.Major, other.Minor));

    public static bool operator <(ApiVersion a, ApiVersion b) => a.CompareTo(b) < 0;
    public static bool operator >(ApiVersion a, ApiVersion b) => a.CompareTo(b) > 0;
    public static bool operator <=(ApiVersion a, ApiVersion b) => a.CompareTo(b) <= 0;
    public static bool operator >=(ApiVersion a, ApiVersion b) => a.CompareTo(b) >= 0;

    public override string ToString() => $"{Major}.{Minor}";
}
