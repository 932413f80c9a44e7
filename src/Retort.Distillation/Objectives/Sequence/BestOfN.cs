using Retort.Labels;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Sequence;

/// <summary>
/// The student becomes what the best of N of its answers was. w = p_best/p_teacher of an answer follows from its rank
/// (<see cref="AnswerRank.BestOf"/>), r = p_student/p_teacher is where the student has come to, the teacher being what it was when it
/// answered. Forward: w·ln(w/r) − w + r; backward: r·ln(r/w) − r + w. Both are 0 where r = w and above it elsewhere; over the answers of
/// the teacher their means are KL(p_best ‖ p_student) and KL(p_student ‖ p_best), for w and r have the mean 1 (Sessa et al. 2024, BOND,
/// arXiv 2407.14622: theorem 1, and Jeffreys' divergence of section 4, here by weighing stored draws). Gradients at ln p_student: r − w,
/// and r·ln(r/w).
/// </summary>
/// <param name="draws">N.</param>
/// <param name="backward">Share of the backward part.</param>
public sealed class BestOfN(int draws, double backward) : WeighedObjective
{
    /// <summary>ln r is held to this: an answer that has become e^20 times as likely is a broken student, and not infinite.</summary>
    private const double MostLogRatio = 20;

    public static ObjectiveEntry Entry { get; } = new("best-of-n",
        "BOND: one answer becomes as good as the best of N", "Sessa et al. 2024, arXiv 2407.14622, theorem 1 and section 4",
        "(1 − s)·[w·ln(w/r) − w + r] + s·[r·ln(r/w) − r + w], r = p_student(y)/p_teacher(y), w = (b^N − a^N)/(b − a), a and b the shares of answers below y and not above it",
        Needs.Ranked, given => new BestOfN((int)given.Number("draws"), given.Number("backward")))
    {
        Keys =
        [
            ObjectiveKey.Number("draws", 4, new NumberRange(2, 1000, Whole: true), "more is better and further away: rounds add up") with
            {
                Symbol = "N", Meaning = "of how many draws the student is to be the best",
            },
            ObjectiveKey.Number("backward", 0.5, new NumberRange(0, 1), "Jeffreys' divergence, as in the paper") with
            {
                Symbol = "s", Meaning = "the share of the backward part, which unlearns what is bad",
            },
        ],
    };

    public override string Name => Entry.Name;
    public override RowLossTerms Terms => RowLossTerms.HardOnly();

    protected override WeighedRows? Rows(Step step, Signals signals)
    {
        if (signals.Said is not { Ranks.Count: > 0 } said) return null;
        var ids = step.Constant(new Shape(said.Tokens.Length), said.Tokens.Span);
        var ratios = LogRatios(OfStudent(step, signals, ids), OfTeacher(step, signals, ids), said.Texts);
        var pulls = ratios.Zip(said.Ranks, Pull).ToArray();
        var scale = (double)said.Tokens.Length / said.Texts.Count; // the row loss takes the mean over tokens
        double[] weights = [.. said.Texts.SelectMany((tokens, text) => Enumerable.Repeat(-scale * pulls[text], tokens))];
        return new WeighedRows(ids, new RowWeights(step.Constant(ids.Shape, weights.AsSpan()), null), null,
            ratios.Zip(said.Ranks, Value).Average());
    }

    /// <param name="logRatio">ln r.</param>
    /// <param name="rank">Of the answer.</param>
    public double Value(double logRatio, AnswerRank rank)
    {
        var (w, r) = (rank.BestOf(draws), Math.Exp(logRatio));
        var apart = logRatio - Math.Log(w);
        return (1 - backward) * (-w * apart - w + r) + backward * (r * apart - r + w);
    }

    /// <summary>Derivative of <see cref="Value"/> by ln r.</summary>
    /// <param name="logRatio">ln r.</param>
    /// <param name="rank">Of the answer.</param>
    public double Pull(double logRatio, AnswerRank rank)
    {
        var (w, r) = (rank.BestOf(draws), Math.Exp(logRatio));
        return (1 - backward) * (r - w) + backward * r * (logRatio - Math.Log(w));
    }

    private static double[] LogRatios(double[] student, double[] teacher, IReadOnlyList<int> texts)
    {
        var (ratios, token) = (new double[texts.Count], 0);
        for (var text = 0; text < texts.Count; text++)
        {
            for (var end = token + texts[text]; token < end; token++) ratios[text] += student[token] - teacher[token];
            ratios[text] = Math.Min(ratios[text], MostLogRatio);
        }
        return ratios;
    }
}
