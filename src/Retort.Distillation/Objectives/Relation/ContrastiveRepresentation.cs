using Retort.Nn;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Relation;

/// <summary>
/// L = −(1/B) Σ [ln h(positive) + Σ_K ln(1 − h(negative))] for the student's embedding against a memory of the teacher's, and the other
/// way:
/// h = P/(P + K/N), P = exp(v·m/τ)/Z, the embeddings linear and of norm 1, the memories moving averages of each row of the data, Z set by
/// the
/// first batch (Tian et al. 2020, CRD, eq. 17 to 19). F [B, …], flattened; one pair. Not 0 at equality.
/// </summary>
public sealed class ContrastiveRepresentation : FeatureObjective
{
    private const double Epsilon = 1e-7;
    private readonly Embeddings _embeddings;
    private readonly Parameter _studentMemory, _teacherMemory, _normalisers;
    private readonly int _examples, _negatives;
    private readonly double _temperature, _momentum;

    public ContrastiveRepresentation(ObjectiveContext given) : base(given.Pairs)
    {
        if (given.Pairs.Count != 1) throw new RetortException(Entry.Name, $"{given.Pairs.Count} pairs of features.",
            "one pair: the values before the last layer.");
        var width = (int)given.Number("embedding");
        (_examples, _negatives) = (given.Examples, (int)Math.Min(given.Number("negatives"), given.Examples - 1));
        (_temperature, _momentum) = (given.Number("contrastTemperature"), given.Number("momentum"));
        Weights = new Weights();
        _embeddings = new Embeddings(Weights, 0, given.Shapes[0], width);
        var spread = Initializer.Uniform(1 / Math.Sqrt(width / 3.0));
        _studentMemory = Weights.AddState("memory.student", new Shape(_examples, width), spread);
        _teacherMemory = Weights.AddState("memory.teacher", new Shape(_examples, width), spread);
        _normalisers = Weights.AddState("normalisers", new Shape(2), Initializer.Zeros);
    }

    public static ObjectiveEntry Entry { get; } =
        new("contrastive-representation", "CRD: telling an example from all others", "Tian et al. 2020, arXiv 1910.10699",
        "NCE(F_student, memory of F_teacher) + NCE(F_teacher, memory of F_student)", Needs.Features, given =>
            new ContrastiveRepresentation(given))
    {
        RemembersRows = true,
        Keys =
        [
            ObjectiveKey.Number("negatives", 1024, new NumberRange(1, 1e6, Whole: true), "the paper has 16,384 on 50,000 images"),
            ObjectiveKey.Number("embedding", 128, new NumberRange(1, 4096, Whole: true), "the paper's"),
            ObjectiveKey.Number("contrastTemperature", 0.07, NumberRange.Positive(100), "the paper's τ"),
            ObjectiveKey.Number("momentum", 0.5, NumberRange.BelowOne, "the paper's, of the memories"),
        ],
    };

    public override string Name => Entry.Name;
    public override Weights Weights { get; }
    public override IReadOnlyList<string> Adapters => [_embeddings.Description + $", two memories of {_examples:N0} rows"];

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        var rows = signals.Rows.Span;
        var seed = step.NextSeed();
        var contrast = new int[rows.Length * (_negatives + 1)];
        for (var i = 0; i < rows.Length; i++)
        {
            contrast[i * (_negatives + 1)] = rows[i];
            for (var k = 0; k < _negatives; k++) // any row but its own
            {
                var other = seed.Below(_examples - 1, (ulong)k, (ulong)i);
                contrast[i * (_negatives + 1) + k + 1] = other < rows[i] ? other : other + 1;
            }
        }
        var (student, teacher) = _embeddings.Forward(step, signals.StudentAt(Pairs[0].Student), signals.TeacherAt(Pairs[0].Teacher));
        var memories = new ContrastMemories(_studentMemory.Value, _teacherMemory.Value, _normalisers.Value);
        return memories.Loss(step, student, teacher, rows, contrast, _temperature, _momentum);
    }

    public override Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0) =>
        throw new RetortException(Name, "needs the rows of the data.");

    /// <summary>
    /// The two memories [N, D] and their normalisers [2], 0 = not set yet. One call is one step: the loss, then the memories move.
    /// </summary>
    public readonly record struct ContrastMemories(Tensor Student, Tensor Teacher, Tensor Normalisers)
    {
        /// <param name="step">The running step.</param>
        /// <param name="student">[B, D] embeddings, before they get norm 1.</param>
        /// <param name="teacher">[B, D]</param>
        /// <param name="rows">[B] rows of the data.</param>
        /// <param name="contrast">[B, K + 1]: the row itself and K others.</param>
        /// <param name="temperature">τ</param>
        /// <param name="momentum">How much of a memory stays.</param>
        public Tensor Loss(Step step, Tensor student, Tensor teacher, ReadOnlySpan<int> rows, int[] contrast, double temperature,
            double momentum)
        {
            (student, teacher) = (step.Normalised(student, -1), step.Normalised(teacher, -1));
            var ids = step.Constant(new Shape(rows.Length, contrast.Length / rows.Length), contrast);
            var ofStudent = Exponentials(step, Teacher, student, ids, temperature);
            var ofTeacher = Exponentials(step, Student, teacher, ids, temperature);
            var device = step.Device;
            var z = device.ToDoubles(Normalisers);
            if (z[0] == 0)
            {
                z = [device.ToDoubles(step.MeanAll(ofStudent))[0] * Student.Shape[0],
                    device.ToDoubles(step.MeanAll(ofTeacher))[0] * Student.Shape[0]];
                device.Write(Normalisers, z);
            }
            var loss = step.Add(Contrast(step, step.Scale(ofStudent, 1 / z[0])), Contrast(step, step.Scale(ofTeacher, 1 / z[1])));
            Move(step, Student, student, rows, momentum);
            Move(step, Teacher, teacher, rows, momentum);
            return loss;
        }

        /// <summary>exp(v·m/τ) for each of the contrasted rows, [B, K + 1].</summary>
        private static Tensor Exponentials(Step step, Tensor memory, Tensor embedding, Tensor ids, double temperature)
        {
            var chosen = step.Embedding(memory, ids);
            var products = step.MatMul(chosen, step.Reshape(embedding, new Shape(embedding.Shape[0], embedding.Shape[1], 1)));
            return step.Exp(step.Scale(step.Reshape(products, ids.Shape), 1 / temperature));
        }

        private Tensor Contrast(Step step, Tensor p)
        {
            var negatives = p.Shape[1] - 1;
            var noise = negatives / (double)Student.Shape[0];
            var positive = step.Slice(p, 1, 0, 1);
            var right = step.Log(step.Divide(positive, step.Plus(positive, noise + Epsilon)));
            var others = step.Plus(step.Scale(step.Log(step.Plus(step.Slice(p, 1, 1, negatives), noise + Epsilon)), -1), Math.Log(noise));
            return step.Scale(step.Add(step.SumAll(right), step.SumAll(others)), -1.0 / p.Shape[0]);
        }

        /// <summary>m ← (momentum·m + (1 − momentum)·v)/‖…‖ for the rows of this step.</summary>
        private static void Move(Step step, Tensor memory, Tensor embedding, ReadOnlySpan<int> rows, double momentum)
        {
            var width = (int)memory.Shape[1];
            var values = step.Device.ToDoubles(embedding);
            for (var i = 0; i < rows.Length; i++)
            {
                var part = memory.Part((long)rows[i] * width, new Shape(width));
                var row = step.Device.ToDoubles(part);
                for (var d = 0; d < width; d++) row[d] = momentum * row[d] + (1 - momentum) * values[i * width + d];
                var norm = Math.Sqrt(row.Sum(value => value * value));
                step.Device.Write(part, [.. row.Select(value => value / norm)]);
            }
        }
    }
}
