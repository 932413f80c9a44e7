namespace Retort.Teachers.Chat;

/// <summary>A token of an answer, as the student's tokenizer numbers it.</summary>
/// <param name="Id">What is said there.</param>
/// <param name="Alternatives">
/// True log-probabilities of what might be said there, the token itself first, each id once; null = the service told none that can be
/// placed, and what is said is all that is known.
/// </param>
public sealed record AlignedToken(int Id, IReadOnlyList<(int Id, double LogProbability)>? Alternatives = null)
{
    /// <summary>Natural log of the mass of everything else; −∞ = there is none.</summary>
    public double LogTail => Alternatives is null ? double.NegativeInfinity
        : Math.Log(Math.Max(0, 1 - Alternatives.Sum(one => Math.Exp(one.LogProbability))));
}

/// <summary>An answer token by token, and what could not be placed.</summary>
/// <param name="Tokens">With the one that ends it, where it came to an end.</param>
/// <param name="Entries">That the service gave.</param>
/// <param name="Unplaced">Of these: they stand nowhere in the text, or at two places, or their token is none of the tokenizer's.</param>
/// <param name="Unknown">Alternatives that are no token, or not one alone; their mass is the tail's.</param>
/// <param name="Alternatives">In all.</param>
public sealed record AlignedAnswer(IReadOnlyList<AlignedToken> Tokens, int Entries, int Unplaced, int Unknown, int Alternatives);
