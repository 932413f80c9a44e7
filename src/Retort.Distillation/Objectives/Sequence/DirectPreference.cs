using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Sequence;

/// <summary>
/// L = mean over pairs of ln(1 + exp(−k·m)), m = ln[p_student(a) / p_teacher(a)] − ln[p_student(b) / p_teacher(b)], a being preferred to b;
/// ln p of an answer is the sum over its tokens. The teacher is the reference: what the student was before (Rafailov et al. 2023, DPO,
/// equation 7, where k is called β). Its gradient is that of weights ±k·σ(−k·m) on −ln p of the tokens, constants.
/// </summary>
/// <param name="strength">k: how much a nat of difference counts.</param>
public sealed class DirectPreference(double strength) : WeighedObjective
{
    public static ObjectiveEntry Entry { get; } = new("direct-preference",
        "DPO: the preferred of two answers becomes likelier, against a reference", "Rafailov et al. 2023, arXiv 2305.18290, equation 7",
        "ln(1 + exp(−k·m)), m = ln[p_student(a) / p_teacher(a)] − ln[p_student(b) / p_teacher(b)], a preferred to b", Needs.Pairs,
        given => new DirectPreference(given.Number("strength")))
    {
        Keys = [ObjectiveKey.Number("strength", 0.1, NumberRange.Positive(100), "the paper's") with { Symbol = "k",
            Meaning = "how much a nat of difference counts" }],
    };

    public override string Name => Entry.Name;
    public override RowLossTerms Terms => RowLossTerms.HardOnly();

    protected override WeighedRows? Rows(Step step, Signals signals)
    {
        if (signals.Said is not { } said) return null;
        var ids = step.Constant(new Shape(said.Tokens.Length), said.Tokens.Span);
        var (own, their) = (OfStudent(step, signals, ids), OfTeacher(step, signals, ids));
        var margins = Margins(own, their, said.Texts);
        return new WeighedRows(ids, new RowWeights(step.Constant(ids.Shape, WeightsOf(margins, said.Texts).AsSpan()), null), null,
            Values(margins).Average());
    }

    /// <param name="student">ln p of each token, the preferred text of a pair before the other.</param>
    /// <param name="teacher">The same by the reference.</param>
    /// <param name="texts">Tokens of each text.</param>
    /// <returns>m of each pair.</returns>
    /// <exception cref="RetortException">The texts are no pairs.</exception>
    public static double[] Margins(ReadOnlySpan<double> student, ReadOnlySpan<double> teacher, IReadOnlyList<int> texts)
    {
        if (texts.Count % 2 != 0 || texts.Sum() != student.Length || student.Length != teacher.Length)
            throw new RetortException("direct preference", $"{texts.Count} texts of {texts.Sum()} tokens, {student.Length} and {teacher.Length} numbers.",
                "pairs of texts, and two numbers for each of their tokens.");
        var (margins, token) = (new double[texts.Count / 2], 0);
        for (var text = 0; text < texts.Count; text++)
            for (var end = token + texts[text]; token < end; token++)
                margins[text / 2] += (text % 2 == 0 ? 1 : -1) * (student[token] - teacher[token]);
        return margins;
    }

    /// <returns>ln(1 + exp(−k·m)) of each pair.</returns>
    public double[] Values(double[] margins) =>
        [.. margins.Select(margin => -strength * margin is var x && x > 30 ? x : Math.Log(1 + Math.Exp(x)))];

    /// <summary>Of the mean over tokens, which the row loss takes: k·σ(−k·m)·N / pairs, and its negative.</summary>
    private double[] WeightsOf(double[] margins, IReadOnlyList<int> texts)
    {
        var scale = strength * texts.Sum() / margins.Length;
        return [.. texts.SelectMany((tokens, text) =>
            Enumerable.Repeat((text % 2 == 0 ? scale : -scale) / (1 + Math.Exp(strength * margins[text / 2])), tokens))];
    }
}
