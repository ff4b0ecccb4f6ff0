using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Kontena.Core.Stacks;

/// <summary>A plan as the text that is given back with the change: what was asked for, what it rested on, and when, so that a refusal can name what moved since.</summary>
/// <param name="Request">As <see cref="PlanState.OfRequest"/>.</param>
/// <param name="State">Of the grid when it was made.</param>
/// <param name="Nodes">How many the grid had.</param>
/// <param name="Services">How many the grid had.</param>
/// <param name="MadeAt">By grid-manager's clock, to the millisecond. Only for words: nothing is decided by it.</param>
public sealed record PlanToken(string Request, PlanState State, int Nodes, int Services, DateTimeOffset MadeAt)
{
    private const string Prefix = "plan1";

    /// <summary>About ninety characters of <c>[a-z0-9-]</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Prefix}-{Request}-{State}-{Nodes:x}-{Services:x}-{MadeAt.ToUnixTimeMilliseconds():x}");

    public static bool TryParse(string text, [NotNullWhen(true)] out PlanToken? token)
    {
        token = null;
        if (text.Split('-') is not [Prefix, { Length: PlanState.Digits } request, { Length: 4 * PlanState.Digits } state, var nodes, var services, var at])
            return false;
        if (!int.TryParse(nodes, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var nodeCount)
            || !int.TryParse(services, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var serviceCount)
            || !long.TryParse(at, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var made)
            || made < 0 || made > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            return false;
        }

        string Part(int number) => state.Substring(number * PlanState.Digits, PlanState.Digits);
        token = new PlanToken(
            request, new PlanState(Part(0), Part(1), Part(2), Part(3)), nodeCount, serviceCount, DateTimeOffset.FromUnixTimeMilliseconds(made));
        return true;
    }
}
