using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Relation;

/// <summary>
/// L = Σ over queries, keys, values of the mean over texts, relation heads and counted places of KL(R_t ‖ R_s), R = softmax(X Xᵀ/√(d/A)):
/// the heads of X are joined and cut again into A, so that neither widths nor numbers of heads need be equal; padding counts neither as row
/// nor as column (Wang et al. 2021, MiniLM v2, eq. 4 to 6). Three pairs in the order queries, keys, values, each [B, heads, length, width].
/// </summary>
public sealed class SelfAttentionRelations : FeatureObjective
{
    private readonly int _heads;

    public SelfAttentionRelations(ObjectiveContext given) : base(given.Pairs)
    {
        if (given.Shapes.Any(shapes => shapes.Student.Rank != 3 || shapes.Teacher.Rank != 3))
            throw new RetortException(Entry.Name, "taps that are not [heads, length, width].",
                "the queries, keys and values of one attention layer of each.");
        var first = given.Shapes[0];
        _heads = (int)given.Number("relationHeads") is > 0 and var asked ? asked : (int)first.Teacher[0];
        foreach (var shape in given.Shapes.SelectMany(shapes => new[] { shapes.Student, shapes.Teacher }))
            if (shape[0] * shape[2] % _heads != 0)
                throw new RetortException(Entry.Name, $"{shape[0]} heads of width {shape[2]} in {_heads} relation heads.",
                    $"a number that divides {shape[0] * shape[2]}.", "write relationHeads.");
    }

    public static ObjectiveEntry Entry { get; } =
        new("self-attention-relations", "MiniLM v2: relations of queries, keys and values", "Wang et al. 2021, arXiv 2012.15828",
        "Σ_{Q,K,V} mean(KL(R_teacher ‖ R_student)), R = softmax(XXᵀ/√(d/A))", Needs.Features, given => new SelfAttentionRelations(given))
        {
            PairCount = 3,
            Keys = [ObjectiveKey.Number("relationHeads", 0, new NumberRange(0, 1024, Whole: true), "the teacher's heads") with
            {
                Symbol = "A",
                Meaning = "relation heads, 0 = the teacher's",
            }],
        };

    public override string Name => Entry.Name;

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        Tensor? total = null;
        foreach (var pair in Pairs)
        {
            var loss = Distance(step, signals.StudentAt(pair.Student), signals.TeacherAt(pair.Teacher), signals.Mask);
            total = total is { } sum ? step.Add(sum, loss) : loss;
        }
        return total!.Value;
    }

    public override Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0) => Distance(step, student, teacher, default);

    private Tensor Distance(Step step, Tensor student, Tensor teacher, ReadOnlyMemory<int> mask)
    {
        long batch = student.Shape[0], length = student.Shape[2];
        var counted = AttentionRelations.Counted(mask, batch * length);
        var hidden = AttentionRelations.Hidden(step, counted, batch);
        Tensor Relation(Tensor x)
        {
            var cut = Cut(step, x);
            return AttentionRelations.Relation(step, cut, cut, hidden);
        }
        // each text is a mean over its own places
        var weights = counted.Chunk((int)length).SelectMany(text => text.Select(place =>
            place == 0 ? 0 : 1.0 / (batch * _heads * text.Count(other => other != 0))));
        var divergences = step.KullbackLeibler(Relation(teacher), Relation(student));
        return step.SumAll(step.Multiply(divergences, step.Constant(new Shape(batch, 1, length), [.. weights])));
    }

    /// <summary>[B, heads, length, width] to [B, A, length, heads·width/A].</summary>
    private Tensor Cut(Step step, Tensor x)
    {
        long batch = x.Shape[0], length = x.Shape[2], width = x.Shape[1] * x.Shape[3];
        var joined = step.Reshape(step.Permute(x, 0, 2, 1, 3), new Shape(batch, length, _heads, width / _heads));
        return step.Permute(joined, 0, 2, 1, 3);
    }
}
