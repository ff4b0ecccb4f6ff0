using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kontena.Bench;

/// <summary>One line of a benchmark's table: medians, and null where there is nothing to compare with.</summary>
internal sealed record Row(string Name, string Unit, double? Ours, double? Floor, double? Peer)
{
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}

/// <summary>Prints rows as an aligned table with ratios, and writes them as JSON.</summary>
internal static class Report
{
    public static void Print(string title, IReadOnlyList<Row> rows)
    {
        Console.WriteLine(title);
        var width = rows.Max(row => row.Name.Length) + 2;
        Console.WriteLine($"{"".PadRight(width)}{"ours",10} {"floor",10} {"peer",10} {"unit",12}   {"ours/floor",10} {"peer/floor",10}");
        foreach (var row in rows)
        {
            Console.WriteLine(
                $"{row.Name.PadRight(width)}{Number(row.Ours),10} {Number(row.Floor),10} {Number(row.Peer),10} {row.Unit,12}   "
                + $"{Ratio(row.Ours, row.Floor),10} {Ratio(row.Peer, row.Floor),10}");
        }
    }

    /// <summary>A line a round: each takes seconds.</summary>
    public static void Progress(string what, int run, int runs) => Console.WriteLine($"  {what}: {run} of {runs}");

    public static void Write(string file, IReadOnlyList<Row> rows)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        var written = rows.Select(row => new WrittenRow(row.Name, row.Unit, row.Ours, row.Floor, row.Peer)).ToArray();
        File.WriteAllText(file, JsonSerializer.Serialize(written, ReportJson.Default.WrittenRowArray) + "\n");
        Console.WriteLine($"written to {file}");
    }

    private static string Number(double? value) => value?.ToString(value < 10 ? "0.000" : "0.0") ?? "-";

    private static string Ratio(double? value, double? floor) => value is null || floor is null ? "-" : $"{value / floor:0.00}";
}

internal sealed record WrittenRow(string Row, string Unit, double? Ours, double? Floor, double? Peer);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(WrittenRow[]))]
internal sealed partial class ReportJson : JsonSerializerContext;
