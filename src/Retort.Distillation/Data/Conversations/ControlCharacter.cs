namespace Retort.Data.Conversations;

/// <summary>Characters that no text holds on purpose, and that terminals, logs and services take as commands.</summary>
internal static class ControlCharacter
{
    /// <summary>Of C0 and delete; those of C1 stand in real texts, where an encoding was mistaken once, and harm nobody.</summary>
    /// <returns>The first; tabs and line ends are none. Null = there is none.</returns>
    public static char? In(string text)
    {
        var place = text.AsSpan().IndexOfAnyInRange('\0', '\x1F');
        for (var start = 0; place >= 0; place = text.AsSpan(start).IndexOfAnyInRange('\0', '\x1F'))
        {
            if (text[start + place] is not ('\t' or '\n' or '\r')) return text[start + place];
            start += place + 1;
        }
        return text.Contains('\x7F', StringComparison.Ordinal) ? '\x7F' : null;
    }
}
