namespace Retort.Grading.Similarity;

/// <summary>The stem of an English word in small letters: Porter, An algorithm for suffix stripping (1980), steps 1a to 5b.</summary>
internal static class PorterStemmer
{
    private const int LongestWord = 64;

    private static readonly (string Suffix, string Instead)[] second =
    [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("abli", "able"), ("alli", "al"),
        ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"),
        ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"),
    ];

    private static readonly (string Suffix, string Instead)[] third =
        [("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", "")];

    private static readonly string[] fourth =
    [
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "sion", "tion", "ou", "ism", "ate", "iti", "ous", "ive", "ize",
    ];

    public static string Stem(string word)
    {
        if (word.Length is <= 2 or > LongestWord || !word.All(char.IsAsciiLetterLower)) return word;
        word = Plural(word);
        word = Past(word);
        if (word.EndsWith('y') && HasVowel(word, word.Length - 1)) word = word[..^1] + "i";
        word = Longest(word, second);
        word = Longest(word, third);
        word = Residual(word);
        if (word.EndsWith('e') && (Measure(word, word.Length - 1) is var measure
            && (measure > 1 || (measure == 1 && !IsShort(word, word.Length - 1)))))
            word = word[..^1];
        return word.EndsWith("ll", StringComparison.Ordinal) && Measure(word, word.Length) > 1 ? word[..^1] : word;
    }

    private static string Plural(string word) =>
        Ends(word, "sses") || Ends(word, "ies") ? word[..^2] : Ends(word, "s") && !Ends(word, "ss") ? word[..^1] : word;

    private static string Past(string word)
    {
        if (Ends(word, "eed")) return Measure(word, word.Length - 3) > 0 ? word[..^1] : word;
        var cut = Ends(word, "ed") ? 2 : Ends(word, "ing") ? 3 : 0;
        if (cut == 0 || !HasVowel(word, word.Length - cut)) return word;
        word = word[..^cut];
        if (Ends(word, "at") || Ends(word, "bl") || Ends(word, "iz")) return word + "e";
        if (word.Length > 1 && word[^1] == word[^2] && IsConsonant(word, word.Length - 1) && word[^1] is not ('l' or 's' or 'z')) return word[..^1];
        return Measure(word, word.Length) == 1 && IsShort(word, word.Length) ? word + "e" : word;
    }

    /// <summary>The longest suffix that fits decides, even where what stands before it is too short.</summary>
    private static string Longest(string word, (string Suffix, string Instead)[] rules)
    {
        foreach (var (suffix, instead) in rules.Where(rule => Ends(word, rule.Suffix))
            .OrderByDescending(rule => rule.Suffix.Length).Take(1))
            return Measure(word, word.Length - suffix.Length) > 0 ? word[..^suffix.Length] + instead : word;
        return word;
    }

    private static string Residual(string word)
    {
        if (fourth.Where(one => Ends(word, one)).MaxBy(one => one == "sion" || one == "tion" ? 3 : one.Length) is not { } suffix) return word;
        var cut = suffix is "sion" or "tion" ? 3 : suffix.Length; // the letter before -ion stays
        return Measure(word, word.Length - cut) > 1 ? word[..^cut] : word;
    }

    private static bool Ends(string word, string suffix) => word.Length > suffix.Length && word.EndsWith(suffix, StringComparison.Ordinal);

    private static bool IsConsonant(string word, int place) => word[place] switch
    {
        'a' or 'e' or 'i' or 'o' or 'u' => false,
        'y' => place == 0 || !IsConsonant(word, place - 1),
        _ => true,
    };

    private static bool HasVowel(string word, int length) => Enumerable.Range(0, length).Any(place => !IsConsonant(word, place));

    /// <summary>How often vowels are followed by consonants in the first letters: m of [C](VC)^m[V].</summary>
    private static int Measure(string word, int length)
    {
        var count = 0;
        for (var place = 1; place < length; place++)
            if (IsConsonant(word, place) && !IsConsonant(word, place - 1)) count++;
        return count;
    }

    /// <summary>Ends with consonant, vowel, consonant other than w, x, y.</summary>
    private static bool IsShort(string word, int length) => length > 2 && IsConsonant(word, length - 3) && !IsConsonant(word, length - 2)
        && IsConsonant(word, length - 1) && word[length - 1] is not ('w' or 'x' or 'y');
}
