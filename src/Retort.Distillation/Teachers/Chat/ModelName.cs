namespace Retort.Teachers.Chat;

/// <summary>Whether the model that answered is the one that was asked for.</summary>
internal static class ModelName
{
    private const int ShortestDate = 4;

    /// <summary>
    /// Services add a date (gpt-4o-2024-08-06 answers for gpt-4o), leave out a path or an organisation, or the end .gguf; the case of
    /// letters says nothing. Only a date may follow the name: gpt-4o-mini is another model than gpt-4o.
    /// </summary>
    public static bool IsSame(string asked, string answered)
    {
        var (a, b) = (Short(asked), Short(answered));
        if (a == b) return true;
        var (longer, shorter) = a.Length > b.Length ? (a, b) : (b, a);
        return longer.StartsWith(shorter, StringComparison.Ordinal) && longer.Length - shorter.Length > ShortestDate
            && longer[shorter.Length] is '-' or '@' or ':'
            && longer[(shorter.Length + 1)..].All(letter => char.IsDigit(letter) || letter is '-' or '.');
    }

    private static string Short(string name)
    {
        var end = name[(name.LastIndexOf('/') + 1)..].ToLowerInvariant();
        end = end.EndsWith(".gguf", StringComparison.Ordinal) ? end[..^".gguf".Length] : end;
        return end.EndsWith("-latest", StringComparison.Ordinal) ? end[..^"-latest".Length] : end;
    }
}
