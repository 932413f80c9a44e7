using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Sequence;

/// <summary>Tokens that were sampled, sequences in rows, with what each model said of them.</summary>
/// <param name="Student">[sequences · Tokens] ln p of the student that sampled them (or that the sampler mixed with a teacher).</param>
/// <param name="Teacher">The same by the teacher.</param>
/// <param name="Mask">The same; 0 = no token of the answer.</param>
/// <param name="Tokens">Of a sequence.</param>
public sealed record SampledTokens(double[] Student, double[] Teacher, int[] Mask, int Tokens)
{
    /// <summary>ln p of the distribution that was sampled from, where it is a mixture; null = the student's.</summary>
    public double[]? Sampler { get; init; }

    /// <summary>ln p of the student as it is now, after updates on these tokens; null = it has not moved.</summary>
    public double[]? Current { get; init; }
}

/// <summary>
/// The policy gradient of KL(student ‖ teacher) over whole answers (Gu et al. 2024, MiniLLM, arXiv 2306.08543, section 2.2). The first step
/// of each token's reward is a sum over the vocabulary and not a sample: KL(p_student ‖ p_teacher) at every place; what follows the token
/// is its advantage A = R_(t+1), divided by the tokens left, then whitened. A sampler that mixes the teacher in is made up for by w =
/// p_student/p_sampler. Both parts are one row loss: terms from <see cref="Terms"/>, weights of its rows from here; the labels are the
/// sampled tokens. Texts that the student did not write say nothing to it.
/// </summary>
/// <param name="discount">γ in [0, 1].</param>
/// <param name="form">How rewards are summed; two forms repeat TRL.</param>
public sealed class MiniLlm(double discount = 1, AdvantageForm form = AdvantageForm.DividedByTokensLeft) : WeighedObjective
{
    public static ObjectiveEntry Entry { get; } = new("mini-llm", "MiniLLM: policy gradient of reverse KL over whole answers",
        "Gu et al. 2024, arXiv 2306.08543",
        "[KL(p_student ‖ p_teacher) − A·ln p_student(y)] on own answers y, A = what follows y, γ discounted",
        Needs.OwnAnswers, given => new MiniLlm(given.Number("discount"), Enum.Parse<AdvantageForm>(given.Choice("form"), ignoreCase: true))
        {
            SingleStep = given.Choice("firstStep") == "summed", Whitens = given.Choice("whiten") == "yes",
        })
    {
        WeighsDraws = true,
        Keys =
        [
            ObjectiveKey.Number("discount", 1, new NumberRange(0, 1), "the answer as a whole") with { Symbol = "γ",
                Meaning = "the discount of what follows" },
            ObjectiveKey.Choice("form", ["dividedByTokensLeft", "discounted", "fromTheStart", "dividedByDiscountedLength"],
                "as the authors' program divides"),
            ObjectiveKey.Choice("firstStep", ["summed", "sampled"], "over the vocabulary: less noise"),
            ObjectiveKey.Choice("whiten", ["yes", "no"], "as the authors' program does"),
        ],
    };

    public override string Name => Entry.Name;

    /// <summary>The first step of a reward is summed over the vocabulary; else it is a part of the advantage.</summary>
    public bool SingleStep { get; init; } = true;

    /// <summary>Advantages less their mean, by their deviation, over all tokens that count.</summary>
    public bool Whitens { get; init; } = true;

    /// <summary>
    /// A token whose probability has changed by more than this share, in the direction of its advantage, pulls no more (Schulman et al.
    /// 2017, PPO, eq. 7).
    /// </summary>
    public double Clip { get; init; } = 0.2;

    /// <summary>Cross-entropy with each sampled token and reverse KL at each place, one weight each.</summary>
    public override RowLossTerms Terms => RowLossTerms.SoftOnly(SingleStep ? SoftLoss.ReverseKl : SoftLoss.None, 1) with { HardWeight = 1 };

    /// <summary>The value is KL at the places that were met: over the vocabulary, or of the sampled tokens alone.</summary>
    protected override WeighedRows? Rows(Step step, Signals signals)
    {
        if (signals.Said is not { ByStudent: true } said) return null;
        var ids = step.Constant(new Shape(said.Tokens.Length), said.Tokens.Span);
        var (own, their) = (OfStudent(step, signals, ids), OfTeacher(step, signals, ids));
        var given = new SampledTokens(Rectangular(own, said.Texts), Rectangular(their, said.Texts),
            Rectangular<int>([.. own.Select(_ => 1)], said.Texts), said.Texts.Max());
        var weights = PullsOf(given);
        return new WeighedRows(ids, RowsOf(step, Flat(weights.Hard, said.Texts), Flat(weights.Soft, said.Texts)), null,
            SingleStep ? 0 : own.Zip(their, (q, p) => q - p).Average());
    }

    /// <summary>Texts of any length side by side, filled with 0.</summary>
    private static T[] Rectangular<T>(T[] numbers, IReadOnlyList<int> texts)
    {
        var (longest, first) = (texts.Max(), 0);
        var filled = new T[texts.Count * longest];
        foreach (var (place, count) in texts.Index())
        {
            numbers.AsSpan(first, count).CopyTo(filled.AsSpan(place * longest));
            first += count;
        }
        return filled;
    }

    private static double[] Flat(double[] filled, IReadOnlyList<int> texts) =>
        [.. texts.Index().SelectMany(text => filled.Skip(text.Index * texts.Max()).Take(text.Item))];

    private RowWeights RowsOf(Step step, double[] hard, double[] soft)
    {
        var shape = new Shape(hard.Length);
        return new RowWeights(step.Constant(shape, hard.AsSpan()), SingleStep ? step.Constant(shape, soft.AsSpan()) : null);
    }

    /// <summary>Weights of the rows, constants: the gradient is right, and what they sum to means nothing.</summary>
    /// <param name="step">The running step.</param>
    /// <param name="given">The tokens; places where the mask is 0 get weight 0, and labels that are ignored.</param>
    /// <exception cref="RetortException">Counts differ.</exception>
    public RowWeights RowsOf(Step step, SampledTokens given)
    {
        var (hard, soft) = PullsOf(given);
        return RowsOf(step, hard, soft);
    }

    private (double[] Hard, double[] Soft) PullsOf(SampledTokens given)
    {
        var advantages = Advantages(given);
        CheckRatios(given);
        var importance = Importance(given);
        for (var i = 0; i < advantages.Length; i++) advantages[i] = Pull(advantages[i], importance[i] * Ratio(given, i));
        return (advantages, importance);
    }

    /// <summary>[sequences · tokens]: 0 where the mask is.</summary>
    /// <param name="given">The tokens.</param>
    public double[] Advantages(SampledTokens given)
    {
        var sums = MiniLlmAdvantage.Of(given.Student, given.Teacher, given.Mask, given.Tokens, discount, form);
        if (SingleStep) sums = Following(given, sums);
        int[] counted = [.. Enumerable.Range(0, sums.Length).Where(i => given.Mask[i] != 0)];
        if (!Whitens || counted.Length < 2) return sums;
        var mean = counted.Average(i => sums[i]);
        var deviation = Math.Sqrt(counted.Sum(i => (sums[i] - mean) * (sums[i] - mean)) / counted.Length);
        foreach (var i in counted) sums[i] = (sums[i] - mean) / (deviation + 1e-8);
        return sums;
    }

    /// <summary>
    /// What comes after each token: the sum of the next that counts, which is discounted once more where sums start at the token.
    /// </summary>
    private double[] Following(SampledTokens given, double[] sums)
    {
        var factor = form is AdvantageForm.Discounted or AdvantageForm.DividedByTokensLeft ? discount : 1;
        var after = new double[sums.Length];
        for (var start = 0; start < sums.Length; start += given.Tokens)
        {
            var next = 0.0;
            for (var i = start + given.Tokens - 1; i >= start; i--)
            {
                if (given.Mask[i] == 0) continue;
                (after[i], next) = (factor * next, sums[i]);
            }
        }
        return after;
    }

    private static void CheckRatios(SampledTokens given)
    {
        var count = given.Student.Length;
        if ((given.Sampler?.Length ?? count) == count && (given.Current?.Length ?? count) == count) return;
        throw new RetortException("minillm",
            $"{given.Sampler?.Length ?? count} numbers of the sampler and {given.Current?.Length ?? count} of the student as it is.",
            $"{count} of each, as many as of the student that sampled.");
    }

    private static double[] Importance(SampledTokens given) =>
        [.. given.Student.Select((own, i) => given.Mask[i] == 0 ? 0 : given.Sampler is { } sampler ? Math.Exp(own - sampler[i]) : 1)];

    private static double Ratio(SampledTokens given, int token) =>
        given.Mask[token] == 0 || given.Current is null ? 1 : Math.Exp(given.Current[token] - given.Student[token]);

    /// <summary>∂max(−A·ρ, −A·clip(ρ))/∂(−ln p): A·ρ, or 0 where the clipped one is larger.</summary>
    private double Pull(double advantage, double ratio) =>
        (advantage > 0 && ratio > 1 + Clip) || (advantage < 0 && ratio < 1 - Clip) ? 0 : advantage * ratio;
}
