namespace Kontena.Scheduler.Placement;

/// <summary>Sums over instances: how many, and what they reserve.</summary>
/// <param name="Instances">How many.</param>
/// <param name="NanoCpus">Billionths of a core, as the engine counts; whole numbers, so that what is taken away again leaves nothing behind.</param>
/// <param name="Memory">Bytes.</param>
internal readonly record struct NodeLoad(int Instances, long NanoCpus, long Memory)
{
    public const double Nano = 1_000_000_000;

    public double Cpus => NanoCpus / Nano;

    public static NodeLoad operator +(NodeLoad one, NodeLoad other) =>
        new(one.Instances + other.Instances, one.NanoCpus + other.NanoCpus, one.Memory + other.Memory);

    public static NodeLoad operator -(NodeLoad one, NodeLoad other) =>
        new(one.Instances - other.Instances, one.NanoCpus - other.NanoCpus, one.Memory - other.Memory);

    public static NodeLoad operator *(NodeLoad one, int times) => new(one.Instances * times, one.NanoCpus * times, one.Memory * times);
}
