using Kontena.Core.Affinities;

namespace Kontena.Core.Services;

/// <summary>Affinity lists of services and grids; the grammar is that of <see cref="AffinityExpression"/>.</summary>
public static class AffinityRules
{
    /// <summary>Rules of one service or grid.</summary>
    public const int Most = 64;

    public static IReadOnlyList<string> Read(IReadOnlyList<string> affinity, string field, FieldErrors errors)
    {
        if (affinity.Count > Most)
            errors.Reason($"is too long: at most {Most} rules", field);
        for (var index = 0; index < affinity.Count; index++)
        {
            if (affinity[index] is not { } text)
                errors.Reason("can't be nil", field, FieldErrors.At(index));
            else if (!AffinityExpression.TryParse(text, out _, out var mistake))
                errors.Say(mistake, field, FieldErrors.At(index));
        }

        return affinity;
    }
}
