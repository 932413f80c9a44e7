using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Relation;

/// <summary>
/// L = mean over batch, heads and counted query places of KL(A_t ‖ A_s) + KL(V_t ‖ V_s): A = softmax(Q Kᵀ/√d) is the attention of the last
/// layer, V = softmax(V Vᵀ/√d) the relation of its values; places that are padding count neither as query nor as key (Wang et al. 2020,
/// MiniLM, eq. 6 to 8). Three pairs in the order queries, keys, values, each [B, heads, length, width]; widths may differ, heads may not.
/// </summary>
public sealed class AttentionRelations : FeatureObjective
{
    private const double Never = -1e9;

    public AttentionRelations(ObjectiveContext given) : base(given.Pairs)
    {
        if (given.Shapes.Any(shapes => shapes.Student.Rank != 3 || shapes.Student[0] != shapes.Teacher[0]))
            throw new RetortException(Entry.Name, "taps that are not [heads, length, width] with equal heads.",
                "the queries, keys and values of one attention layer of each.");
    }

    public static ObjectiveEntry Entry { get; } =
        new("attention-relations", "MiniLM: attention and value relations", "Wang et al. 2020, arXiv 2002.10957",
        "mean(KL(A_teacher ‖ A_student) + KL(V_teacher ‖ V_student))", Needs.Features, given => new AttentionRelations(given)) { PairCount = 3 };

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update) => Distance(step,
        (signals.StudentAt(Pairs[0].Student), signals.StudentAt(Pairs[1].Student), signals.StudentAt(Pairs[2].Student)),
        (signals.TeacherAt(Pairs[0].Teacher), signals.TeacherAt(Pairs[1].Teacher), signals.TeacherAt(Pairs[2].Teacher)), signals.Mask);

    public override Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0) =>
        throw new RetortException(Name, "compares three values at once.");

    /// <param name="step">The running step.</param>
    /// <param name="student">Queries, keys, values.</param>
    /// <param name="teacher">Queries, keys, values.</param>
    /// <param name="mask">[B, length]: 0 where a place is padding; empty = every place counts.</param>
    public static Tensor Distance(Step step, (Tensor Queries, Tensor Keys, Tensor Values) student,
        (Tensor Queries, Tensor Keys, Tensor Values) teacher, ReadOnlyMemory<int> mask)
    {
        long batch = student.Queries.Shape[0], heads = student.Queries.Shape[1], length = student.Queries.Shape[2];
        int[] counts = Counted(mask, batch * length);
        var keys = Hidden(step, counts, batch);
        var queries = step.Constant(new Shape(batch, 1, length), [.. counts.Select(place => place == 0 ? 0.0 : 1)]);
        var attention =
            step.KullbackLeibler(Relation(step, teacher.Queries, teacher.Keys, keys), Relation(step, student.Queries, student.Keys, keys));
        var values = step.KullbackLeibler(Relation(step, teacher.Values, teacher.Values, keys),
            Relation(step, student.Values, student.Values, keys));
        var total = step.SumAll(step.Multiply(step.Add(attention, values), queries));
        return step.Scale(total, 1.0 / Math.Max(1, heads * counts.Count(place => place != 0)));
    }

    /// <summary>[B·length]: 0 where a place is padding.</summary>
    internal static int[] Counted(ReadOnlyMemory<int> mask, long places) =>
        mask.IsEmpty ? [.. Enumerable.Repeat(1, (int)places)] : mask.ToArray();

    /// <summary>[B, 1, 1, length] what a score with a key is given beside it: nothing, or a lot less where the key is padding.</summary>
    internal static Tensor Hidden(Step step, int[] counted, long batch) =>
        step.Constant(new Shape(batch, 1, 1, counted.Length / batch), [.. counted.Select(place => place == 0 ? Never : 0)]);

    /// <summary>ln softmax(a bᵀ/√d) over the keys that count, [B, heads, length, length].</summary>
    internal static Tensor Relation(Step step, Tensor a, Tensor b, Tensor keys) =>
        step.LogSoftmax(step.Add(step.Scale(step.MatMul(a, b, transposeB: true), 1 / Math.Sqrt(a.Shape[-1])), keys));
}
