namespace Kontena.NodeAgent.Housekeeping;

/// <summary>How full a file system is.</summary>
/// <param name="Total">Bytes.</param>
/// <param name="Available">Bytes that may still be written.</param>
internal sealed record DiskUse(long Total, long Available)
{
    /// <summary>Of what is not kept back for root, as <c>df</c> counts.</summary>
    public double Percent => Total <= 0 ? 0 : 100.0 * (Total - Available) / Total;

    /// <summary>Null when the path is not there, for instance with an engine on another machine.</summary>
    public static DiskUse? Of(string path)
    {
        try
        {
            if (path.Length == 0 || !Directory.Exists(path))
                return null;
            var drive = new DriveInfo(path);
            // TotalSize counts the blocks kept for root; TotalFreeSpace does too, so the difference is what others may have in all.
            return new DiskUse(drive.TotalSize - drive.TotalFreeSpace + drive.AvailableFreeSpace, drive.AvailableFreeSpace);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
