using System.Globalization;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Grids;

/// <summary>Quotas as a person writes them: <c>instances=100,cpus=40,memory=64g</c>, for a stack with <c>NAME:</c> before it.</summary>
internal static class QuotaTexts
{
    private const string Form = "expected such as instances=100,cpus=40,memory=64g";

    public static QuotaJson Parse(string text, string option)
    {
        var quota = new QuotaJson();
        foreach (var (key, value) in KeyValues.Of(text.Split(','), option))
        {
            quota = key switch
            {
                "instances" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) => quota with { Instances = count },
                "cpus" when double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var cpus) => quota with { Cpus = cpus },
                "memory" when Sizes.Parse(value) is { } bytes and >= 0 => quota with { Memory = bytes },
                _ => throw new UsageException($"option '{option}': invalid value '{key}={value}', {Form}"),
            };
        }

        return quota;
    }

    public static Dictionary<string, QuotaJson> ParseStacks(IEnumerable<string> texts, string option)
    {
        var quotas = new Dictionary<string, QuotaJson>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0) throw new UsageException($"option '{option}': invalid value '{text}', expected such as shop:instances=20, or *:instances=20 for every other stack");
            quotas[text[..colon]] = Parse(text[(colon + 1)..], option);
        }

        return quotas;
    }

    public static string Show(QuotaJson quota)
    {
        string?[] parts =
        [
            quota.Instances is { } count ? $"instances={count}" : null,
            quota.Cpus is { } cpus ? $"cpus={cpus.ToString(CultureInfo.InvariantCulture)}" : null,
            quota.Memory is { } bytes ? $"memory={Sizes.Decimal(bytes)}" : null,
        ];
        return string.Join(',', parts.OfType<string>());
    }
}
