namespace Retort.Verification;

internal enum AnswerTokenKind
{
    Number,
    Letter,
    Function,
    Word,

    /// <summary>A backslash and its letters, as \frac.</summary>
    Command,

    /// <summary>One sign, as + or (.</summary>
    Sign,
}

/// <summary>A piece of an answer.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Without the backslash of a command.</param>
/// <param name="Spaced">A space stands before it.</param>
internal readonly record struct AnswerToken(AnswerTokenKind Kind, string Text, bool Spaced)
{
    private const int Longest = 4000;

    public bool Is(string sign) => Kind == AnswerTokenKind.Sign && Text == sign;
    public bool IsCommand(string name) => Kind == AnswerTokenKind.Command && Text == name;

    /// <summary>The pieces of a clean answer; null = it is too long to be one.</summary>
    public static IReadOnlyList<AnswerToken>? Cut(string text)
    {
        if (text.Length > Longest) return null;
        var tokens = new List<AnswerToken>();
        var spaced = false;
        for (var i = 0; i < text.Length;)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                (spaced, i) = (true, i + 1);
                continue;
            }
            var start = i;
            if (char.IsAsciiDigit(text[i]) || (text[i] == '.' && i + 1 < text.Length && char.IsAsciiDigit(text[i + 1])))
            {
                while (i < text.Length && (char.IsAsciiDigit(text[i]) || IsPoint(text, i, start))) i++;
                tokens.Add(new(AnswerTokenKind.Number, text[start..i], spaced));
            }
            else if (text[i] == '\\' && i + 1 < text.Length && char.IsAsciiLetter(text[i + 1]))
            {
                for (i++; i < text.Length && char.IsAsciiLetter(text[i]);) i++;
                Command(tokens, text[(start + 1)..i], spaced);
            }
            else if (text[i] == '\\' && i + 1 < text.Length)
            {
                tokens.Add(new(AnswerTokenKind.Sign, text[i..(i + 2)], spaced)); // \{ and \} are braces of sets
                i += 2;
            }
            else if (char.IsLetter(text[i]))
            {
                while (i < text.Length && (char.IsLetter(text[i]) || (text[i] == '\'' && i > start))) i++;
                Letters(tokens, text[start..i], spaced);
            }
            else
            {
                tokens.Add(new(AnswerTokenKind.Sign, text[i].ToString(), spaced));
                i++;
            }
            spaced = false;
        }
        return tokens;
    }

    private static bool IsPoint(string text, int at, int start) => text[at] == '.' && at + 1 < text.Length
        && char.IsAsciiDigit(text[at + 1]) && !text[start..at].Contains('.', StringComparison.Ordinal);

    private static void Command(List<AnswerToken> tokens, string name, bool spaced) => tokens.Add(name switch
    {
        _ when Functions.Knows(name) && name != "sqrt" => new(AnswerTokenKind.Function, name, spaced),
        "theta" or "alpha" or "beta" or "gamma" or "delta" or "phi" or "lambda" or "mu" or "sigma" or "omega" or "epsilon" or "rho" =>
            new(AnswerTokenKind.Letter, name, spaced),
        _ => new(AnswerTokenKind.Command, name, spaced),
    });

    private static void Letters(List<AnswerToken> tokens, string run, bool spaced)
    {
        var lower = run.ToLowerInvariant();
        if (run.Length == 1) tokens.Add(new(AnswerTokenKind.Letter, run, spaced));
        else if (lower is "pi" or "sqrt") tokens.Add(new(AnswerTokenKind.Command, lower, spaced));
        else if (lower is "infinity" or "inf" or "infty") tokens.Add(new(AnswerTokenKind.Command, "infty", spaced));
        else if (Functions.Knows(lower)) tokens.Add(new(AnswerTokenKind.Function, lower, spaced));
        else if (Units.Knows(lower) || run.Length > 2 || spaced && tokens.Count > 0 && run.All(char.IsLower) && run is "of" or "or" or "to")
            tokens.Add(new(AnswerTokenKind.Word, lower, spaced));
        else // xy is x times y
            for (var i = 0; i < run.Length; i++) tokens.Add(new(AnswerTokenKind.Letter, run[i].ToString(), spaced && i == 0));
    }
}
