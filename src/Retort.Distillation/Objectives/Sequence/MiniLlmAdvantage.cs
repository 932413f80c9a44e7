using Retort.Tensors;

namespace Retort.Objectives.Sequence;

/// <summary>How the rewards behind a token are summed.</summary>
public enum AdvantageForm
{
    /// <summary>Σ_{i≥t} γ^(i−t) r_i: the paper.</summary>
    Discounted,

    /// <summary>The same, divided by the number of tokens left: the authors' program.</summary>
    DividedByTokensLeft,

    /// <summary>Σ_{i≥t} γ^i r_i: TRL without length normalisation, γ^t times the paper's.</summary>
    FromTheStart,

    /// <summary>Σ_{i≥t} γ^i r_i ÷ Σ_{i≥t} γ^i, where a masked token counts 1e-4: TRL with length normalisation.</summary>
    DividedByDiscountedLength,
}

/// <summary>
/// What a sampled token is worth: A_t = Σ_{i≥t} γ^(i−t) r_i, r = ln p_teacher − ln p_student of the token that the student chose (Gu et al.
/// 2024, MiniLLM, arXiv 2306.08543, eq. 5). A policy gradient takes it as a constant. Before whitening.
/// </summary>
public static class MiniLlmAdvantage
{
    private const double MaskedLength = 1e-4;

    /// <param name="student">[sequences, tokens] ln p of the sampled tokens.</param>
    /// <param name="teacher">The same by the teacher.</param>
    /// <param name="mask">The same; 0 = no token of the answer.</param>
    /// <param name="tokens">Of a sequence.</param>
    /// <param name="discount">γ in [0, 1]; 0 = the token's own reward.</param>
    /// <param name="form">How they are summed.</param>
    /// <returns>[sequences, tokens], 0 where masked.</returns>
    /// <exception cref="RetortException">Lengths differ, or γ is outside.</exception>
    public static double[] Of(ReadOnlySpan<double> student, ReadOnlySpan<double> teacher, ReadOnlySpan<int> mask, int tokens,
        double discount, AdvantageForm form = AdvantageForm.DividedByTokensLeft)
    {
        if (student.Length != teacher.Length || student.Length != mask.Length || tokens < 1 || student.Length % tokens != 0)
            throw new RetortException("minillm",
                $"{student.Length} student, {teacher.Length} teacher and {mask.Length} mask numbers in rows of {tokens}.",
                "equal counts, in whole rows.");
        if (!(discount is >= 0 and <= 1)) throw new RetortException("minillm", $"the discount is {discount}.", "0 to 1.");
        var advantages = new double[student.Length];
        for (var last = tokens - 1; last < advantages.Length; last += tokens)
        {
            double sum = 0, length = 0, discounted = 0;
            for (var (i, t) = (last, tokens - 1); t >= 0; i--, t--)
            {
                var counts = mask[i] != 0;
                sum = discount * sum + (counts ? teacher[i] - student[i] : 0);
                discounted = discount * discounted + (counts ? 1 : MaskedLength);
                if (!counts) continue;
                length++;
                advantages[i] = form switch
                {
                    AdvantageForm.DividedByTokensLeft => sum / length,
                    AdvantageForm.FromTheStart => discount == 0 ? sum : Math.Pow(discount, t) * sum,
                    AdvantageForm.DividedByDiscountedLength => sum / discounted,
                    _ => sum,
                };
            }
        }
        return advantages;
    }
}
