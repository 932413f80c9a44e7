using Retort.Nn;
using Retort.Nn.Layers;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Feature;

/// <summary>
/// L = Σ_pairs mean |Q(translate(F_s)) − Q(paraphrase(F_t))|, Q = the normalised map of mean_c F²: the teacher's map is first put in fewer
/// words by a paraphraser, an autoencoder that learns from the teacher alone during the first updates, and a translator puts the
/// student's in the same words (Kim et al. 2018, FT, eq. 3 and 4). F [B, C, H, W]; the larger map is averaged to the smaller.
/// </summary>
public sealed class FactorTransfer : FeatureObjective
{
    private readonly Part[] _parts;
    private readonly long _paraphraserUpdates;

    public FactorTransfer(ObjectiveContext given) : base(given.Pairs)
    {
        Weights = new Weights();
        _paraphraserUpdates = (long)(given.Number("paraphraserShare") * given.TotalSteps);
        _parts = [.. given.Shapes.Select((shapes, i) => new Part(Weights, i, shapes, given.Number("factorShare")))];
    }

    public static ObjectiveEntry Entry { get; } =
        new("factor-transfer", "FT: paraphrased maps of the teacher", "Kim et al. 2018, arXiv 1802.04977",
        "mean|Q(translate(F_student)) − Q(paraphrase(F_teacher))|", Needs.Features, given => new FactorTransfer(given))
    {
        TapRank = 3,
        Keys =
        [
            ObjectiveKey.Number("factorShare", 0.5, NumberRange.Positive(4), "half of the teacher's channels, as in the paper"),
            ObjectiveKey.Number("paraphraserShare", 0.125, NumberRange.BelowOne, "30 of 240 epochs"),
        ],
    };

    public override string Name => Entry.Name;
    public override Weights Weights { get; }
    public override IReadOnlyList<string> Adapters => [.. _parts.Select(part => part.Description)];

    /// <summary>First the paraphraser learns to say the teacher's map again; then it is frozen and student and translator learn.</summary>
    public override Tensor Loss(Step step, Signals signals, long update)
    {
        Tensor? total = null;
        for (var i = 0; i < Pairs.Count; i++)
        {
            var (student, teacher) = step.Aligned(signals.StudentAt(Pairs[i].Student), signals.TeacherAt(Pairs[i].Teacher));
            var loss = update < _paraphraserUpdates
                ? step.Add(_parts[i].Reconstruction(step, teacher), step.Scale(Between(step, student, teacher, i), 0))
                : step.Add(Between(step, student, teacher, i), step.Scale(_parts[i].Reconstruction(step, teacher), 0));
            total = total is { } sum ? step.Add(sum, loss) : loss;
        }
        return total!.Value;
    }

    public override Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0)
    {
        (student, teacher) = step.Aligned(student, teacher);
        return Distance(step, _parts[pair].Translated(step, student), step.Detach(_parts[pair].Paraphrased(step, teacher)));
    }

    /// <summary>mean |Q(a) − Q(b)| of two maps of one size.</summary>
    public static Tensor Distance(Step step, Tensor student, Tensor teacher) =>
        step.MeanAll(step.Apply(Unary.Absolute, step.Subtract(Factor(step, student), Factor(step, teacher))));

    private static Tensor Factor(Step step, Tensor x) => step.Normalised(step.Mean(step.FlatMaps(step.Square(x)), 1), -1);

    /// <summary>Paraphraser, its way back, and translator of one pair; 3×3 convolutions.</summary>
    private sealed class Part
    {
        private readonly Convolution2d _paraphrase, _back, _translate;

        public Part(Weights weights, int number, PairShapes shapes, double share)
        {
            var (from, teacher) = ((int)shapes.Student[0], (int)shapes.Teacher[0]);
            var factors = Math.Max(1, (int)Math.Round(teacher * share));
            _paraphrase = new Convolution2d(weights, $"paraphraser.{number}", teacher, factors, 3, 1);
            _back = new Convolution2d(weights, $"back.{number}", factors, teacher, 3, 1);
            _translate = new Convolution2d(weights, $"translator.{number}", from, factors, 3, 1);
            Description =
                $"3×3 convolutions: paraphraser {teacher} → {factors} → {teacher}, translator {from} → {factors}, {9 * factors * (2 * teacher + from):N0} parameters";
        }

        public string Description { get; }

        public Tensor Paraphrased(Step step, Tensor teacher) => step.Apply(Unary.LeakyRelu, _paraphrase.Forward(step, teacher), 0.1);

        public Tensor Reconstruction(Step step, Tensor teacher) =>
            step.MeanSquaredDifference(_back.Forward(step, Paraphrased(step, teacher)), teacher);

        public Tensor Translated(Step step, Tensor student) => step.Apply(Unary.LeakyRelu, _translate.Forward(step, student), 0.1);
    }
}
