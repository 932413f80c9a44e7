using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Relation;

/// <summary>
/// L = mean over batch, heads, counted query and key places of (S_s − S_t)², S = Q Kᵀ/√d: attention before its softmax (Jiao et al. 2020,
/// TinyBERT, eq. 7). Two pairs, queries and keys of one layer, each [B, heads, length, width]; widths may differ, heads may not. A term for
/// each layer.
/// </summary>
public sealed class AttentionScores : FeatureObjective
{
    public AttentionScores(ObjectiveContext given) : base(given.Pairs)
    {
        if (given.Shapes.Any(shapes => shapes.Student.Rank != 3 || shapes.Teacher.Rank != 3 || shapes.Student[0] != shapes.Teacher[0]))
            throw new RetortException(Entry.Name, "taps that are not [heads, length, width] with equal heads.",
                "the queries and keys of one attention layer of each.");
    }

    public static ObjectiveEntry Entry { get; } =
        new("attention-scores", "Regression on attention before its softmax", "Jiao et al. 2020 (TinyBERT), arXiv 1909.10351",
        "mean((S_student − S_teacher)²), S = QKᵀ/√d", Needs.Features, given => new AttentionScores(given)) { PairCount = 2 };

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        var difference = step.Subtract(Scores(step, signals.StudentAt(Pairs[0].Student), signals.StudentAt(Pairs[1].Student)),
            Scores(step, signals.TeacherAt(Pairs[0].Teacher), signals.TeacherAt(Pairs[1].Teacher)));
        long batch = difference.Shape[0], heads = difference.Shape[1], length = difference.Shape[2];
        var counted = AttentionRelations.Counted(signals.Mask, batch * length);
        double[] ones = [.. counted.Select(place => place == 0 ? 0.0 : 1)];
        var both = step.Multiply(step.Constant(new Shape(batch, 1, length, 1), ones), step.Constant(new Shape(batch, 1, 1, length), ones));
        var pairs = counted.Chunk((int)length).Sum(text => Math.Pow(text.Count(place => place != 0), 2));
        return step.Scale(step.SumAll(step.Multiply(step.Square(difference), both)), 1 / Math.Max(1, heads * pairs));
    }

    public override Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0) =>
        throw new RetortException(Name, "compares two values at once.");

    private static Tensor Scores(Step step, Tensor queries, Tensor keys) =>
        step.Scale(step.MatMul(queries, keys, transposeB: true), 1 / Math.Sqrt(queries.Shape[-1]));
}
