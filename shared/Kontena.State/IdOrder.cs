namespace Kontena.State;

/// <summary>Lists come out in ordinal order of id, whatever order the engine keeps.</summary>
internal static class IdOrder
{
    public static IReadOnlyList<StoredDocument> Sort(List<StoredDocument> documents)
    {
        for (var i = 1; i < documents.Count; i++)
        {
            if (string.CompareOrdinal(documents[i - 1].Key.Id, documents[i].Key.Id) > 0)
            {
                documents.Sort((a, b) => string.CompareOrdinal(a.Key.Id, b.Key.Id));
                break;
            }
        }

        return documents;
    }
}
