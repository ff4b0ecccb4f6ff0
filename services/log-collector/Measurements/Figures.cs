using Kontena.Contracts.Stats;

namespace Kontena.LogCollector.Measurements;

/// <summary>The numbers of a measurement, to be added up and divided.</summary>
internal readonly record struct Figures
{
    public double Cpu { get; init; }
    public double MemoryUsed { get; init; }
    public double MemoryTotal { get; init; }
    public double MemoryFree { get; init; }
    public double MemoryActive { get; init; }
    public double MemoryInactive { get; init; }
    public double MemoryCached { get; init; }
    public double MemoryBuffers { get; init; }
    public double DiskUsed { get; init; }
    public double DiskTotal { get; init; }
    public Traffic Internal { get; init; }
    public Traffic External { get; init; }

    public static Figures operator +(Figures one, Figures other) => new()
    {
        Cpu = one.Cpu + other.Cpu,
        MemoryUsed = one.MemoryUsed + other.MemoryUsed,
        MemoryTotal = one.MemoryTotal + other.MemoryTotal,
        MemoryFree = one.MemoryFree + other.MemoryFree,
        MemoryActive = one.MemoryActive + other.MemoryActive,
        MemoryInactive = one.MemoryInactive + other.MemoryInactive,
        MemoryCached = one.MemoryCached + other.MemoryCached,
        MemoryBuffers = one.MemoryBuffers + other.MemoryBuffers,
        DiskUsed = one.DiskUsed + other.DiskUsed,
        DiskTotal = one.DiskTotal + other.DiskTotal,
        Internal = one.Internal + other.Internal,
        External = one.External + other.External,
    };

    public static Figures operator /(Figures sum, int count) => new()
    {
        Cpu = sum.Cpu / count,
        MemoryUsed = sum.MemoryUsed / count,
        MemoryTotal = sum.MemoryTotal / count,
        MemoryFree = sum.MemoryFree / count,
        MemoryActive = sum.MemoryActive / count,
        MemoryInactive = sum.MemoryInactive / count,
        MemoryCached = sum.MemoryCached / count,
        MemoryBuffers = sum.MemoryBuffers / count,
        DiskUsed = sum.DiskUsed / count,
        DiskTotal = sum.DiskTotal / count,
        Internal = sum.Internal / count,
        External = sum.External / count,
    };
}

/// <summary>Bytes, and bytes a second.</summary>
internal readonly record struct Traffic(double Rx, double RxPerSecond, double Tx, double TxPerSecond)
{
    public static Traffic Of(NetworkReading? reading) =>
        reading is null ? default : new Traffic(reading.RxBytes, reading.RxBytesPerSecond, reading.TxBytes, reading.TxBytesPerSecond);

    public static Traffic operator +(Traffic one, Traffic other) =>
        new(one.Rx + other.Rx, one.RxPerSecond + other.RxPerSecond, one.Tx + other.Tx, one.TxPerSecond + other.TxPerSecond);

    public static Traffic operator /(Traffic sum, int count) => new(sum.Rx / count, sum.RxPerSecond / count, sum.Tx / count, sum.TxPerSecond / count);
}
