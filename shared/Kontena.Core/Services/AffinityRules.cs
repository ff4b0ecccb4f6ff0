using Kontena.Core.Affinities;

namespace Kontena.Core.Services;

/// <summary>Affinity lists of services and grids; the grammar is that of <see cref="AffinityExpression"/>.</summary>
public static class AffinityRules
{
    public static IReadOnlyList<string> Read(IReadOnlyList<string> affinity, string field, FieldErrors errors)
    {
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
