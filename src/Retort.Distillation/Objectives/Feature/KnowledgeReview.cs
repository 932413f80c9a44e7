using Retort.Nn;
using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Feature;

/// <summary>
/// L = Σ_pairs H(A_i, F_t,i): from the deepest pair to the shallowest the student's maps are fused, each with the fusion below it by learnt
/// attention (A), and compared with the teacher's by H, the mean square at full size and, by weights ½, ¼, ⅛, at 4×4, 2×2 and 1×1 (Chen
/// et al. 2021, ReviewKD, sections 3.3 and 3.4). F [B, C, H, W], pairs from shallow to deep.
/// </summary>
public sealed class KnowledgeReview : FeatureObjective
{
    private readonly Fusion[] _fusions;

    public KnowledgeReview(ObjectiveContext given) : base(given.Pairs)
    {
        Weights = new Weights();
        var middle = Math.Min(512, (int)given.Shapes[^1].Student[0]);
        _fusions = [.. given.Shapes.Select((shapes, i) => new Fusion(Weights, $"fusion.{i}", (int)shapes.Student[0], middle,
            (int)shapes.Teacher[0], deepest: i == given.Shapes.Count - 1))];
    }

    public static ObjectiveEntry Entry { get; } =
        new("knowledge-review", "ReviewKD: deep maps fused into shallow ones", "Chen et al. 2021, arXiv 2104.09044",
        "Σ H(fused F_student, F_teacher), H = mean squares of a pyramid", Needs.Features, given =>
            new KnowledgeReview(given)) { TapRank = 3 };

    public override string Name => Entry.Name;
    public override Weights Weights { get; }
    public override IReadOnlyList<string> Adapters => [.. _fusions.Select(fusion => fusion.Description)];

    public override Tensor Loss(Step step, Signals signals, long update)
    {
        Tensor? total = null, deeper = null;
        for (var i = Pairs.Count - 1; i >= 0; i--)
        {
            var teacher = signals.TeacherAt(Pairs[i].Teacher);
            var (answer, state) = _fusions[i].Forward(step, signals.StudentAt(Pairs[i].Student), deeper, teacher.Shape);
            deeper = state;
            var loss = Distance(step, answer, teacher);
            total = total is { } sum ? step.Add(sum, loss) : loss;
        }
        return total!.Value;
    }

    public override Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0) =>
        throw new RetortException(Name, "fuses all its pairs.");

    /// <summary>The hierarchical distance of two maps of one shape, its weights divided by their sum.</summary>
    public static Tensor Distance(Step step, Tensor student, Tensor teacher)
    {
        var loss = step.MeanSquaredDifference(student, teacher);
        double weight = 1, total = 1;
        foreach (var size in new[] { 4, 2, 1 })
        {
            if (size >= student.Shape[2]) continue;
            weight /= 2;
            total += weight;
            loss = step.Add(loss,
                step.Scale(step.MeanSquaredDifference(step.Averaged(student, size, size), step.Averaged(teacher, size, size)), weight));
        }
        return step.Scale(loss, 1 / total);
    }

    /// <summary>The paper's attention-based fusion.</summary>
    private sealed class Fusion
    {
        private readonly Convolution2d _in, _out;
        private readonly Convolution2d? _attention;
        private readonly BatchNorm2d _inNorm, _outNorm;

        public Fusion(Weights weights, string name, int from, int middle, int to, bool deepest)
        {
            _in = new Convolution2d(weights, $"{name}.in", from, middle, 1, 0);
            _inNorm = new BatchNorm2d(weights, $"{name}.in.norm", middle);
            _attention = deepest ? null : new Convolution2d(weights, $"{name}.attention", 2 * middle, 2, 1, 0);
            _out = new Convolution2d(weights, $"{name}.out", middle, to, 3, 1);
            _outNorm = new BatchNorm2d(weights, $"{name}.out.norm", to);
            Description =
                $"fusion {from} → {middle} → {to}, {from * middle + 9 * middle * to + 2 * (middle + to) + (deepest ? 0 : 4 * middle):N0} parameters";
        }

        public string Description { get; }

        public (Tensor Answer, Tensor State) Forward(Step step, Tensor x, Tensor? deeper, Shape teacher)
        {
            x = _inNorm.Forward(step, _in.Forward(step, x), relu: false);
            if (_attention is not null && deeper is { } below)
            {
                var y = step.Resized(below, x.Shape[2], x.Shape[3]);
                var attention = step.Apply(Unary.Sigmoid, _attention.Forward(step, step.Concat(1, x, y)));
                x = step.Add(step.Multiply(x, step.Slice(attention, 1, 0, 1)), step.Multiply(y, step.Slice(attention, 1, 1, 1)));
            }
            x = step.Resized(x, teacher[2], teacher[3]);
            return (_outNorm.Forward(step, _out.Forward(step, x), relu: false), x);
        }
    }
}
