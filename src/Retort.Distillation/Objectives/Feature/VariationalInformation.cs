using Retort.Nn;
using Retort.Nn.Layers;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Feature;

/// <summary>
/// L = Σ_pairs mean of ½[(μ(F_s) − F_t)²/σ_c² + ln σ_c²]: a Gaussian that predicts the teacher's channels from the student's, its mean μ
/// three 1×1 convolutions with ReLU between, its variances σ_c² = ln(1 + exp a_c) + 1e-5 learnt (Ahn et al. 2019, VID, eq. 5, constants
/// left out). F [B, C, H, W]. Not 0 at equality: it is a negative log-likelihood.
/// </summary>
public sealed class VariationalInformation : FeatureObjective
{
    private const double Epsilon = 1e-5, FirstVariance = 5;
    private readonly (Convolution2d First, Convolution2d Second, Convolution2d Third, Parameter Scale)[] _predictors;

    public VariationalInformation(ObjectiveContext given) : base(given.Pairs)
    {
        Weights = new Weights();
        _predictors = [.. given.Shapes.Select((shapes, i) => Predictor($"predictor.{i}", (int)shapes.Student[0], (int)shapes.Teacher[0]))];
    }

    public static ObjectiveEntry Entry { get; } =
        new("variational-information", "VID: a learnt Gaussian from student to teacher", "Ahn et al. 2019, arXiv 1904.05835",
        "mean(½((μ(F_student) − F_teacher)²/σ² + ln σ²))", Needs.Features, given => new VariationalInformation(given)) { TapRank = 3 };

    public override string Name => Entry.Name;
    public override Weights Weights { get; }
    public override IReadOnlyList<string> Adapters => [.. _predictors.Select(Describe)];

    public override Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0)
    {
        (student, teacher) = step.Aligned(student, teacher);
        var (first, second, third, scale) = _predictors[pair];
        return NegativeLogLikelihood(step, student, teacher, first.Weight.Value, second.Weight.Value, third.Weight.Value, scale.Value);
    }

    /// <param name="step">The running step.</param>
    /// <param name="student">[B, C, H, W]</param>
    /// <param name="teacher">[B, C′, H, W]</param>
    /// <param name="first">[M, C, 1, 1]</param>
    /// <param name="second">[M, M, 1, 1]</param>
    /// <param name="third">[C′, M, 1, 1]</param>
    /// <param name="scale">[C′], a_c.</param>
    public static Tensor NegativeLogLikelihood(Step step, Tensor student, Tensor teacher, Tensor first, Tensor second, Tensor third,
        Tensor scale)
    {
        var mean = step.Conv2d(step.Relu(step.Conv2d(step.Relu(step.Conv2d(student, first)), second)), third);
        var variance = step.Reshape(step.Plus(step.Apply(Unary.Softplus, scale), Epsilon), new Shape(scale.Shape[0], 1, 1));
        var error = step.Divide(step.Square(step.Subtract(mean, teacher)), variance);
        return step.Scale(step.MeanAll(step.Add(error, step.Log(variance))), 0.5);
    }

    private static string Describe((Convolution2d First, Convolution2d Second, Convolution2d Third, Parameter Scale) p)
    {
        var (from, to) = (p.First.Weight.Shape[1], p.Third.Weight.Shape[0]);
        return $"three 1×1 convolutions {from} → {to} and variances, {to * (from + 2 * to + 1):N0} parameters";
    }

    private (Convolution2d, Convolution2d, Convolution2d, Parameter) Predictor(string name, int from, int to) =>
        (new Convolution2d(Weights, $"{name}.0", from, to, 1, 0), new Convolution2d(Weights, $"{name}.1", to, to, 1, 0),
            new Convolution2d(Weights, $"{name}.2", to, to, 1, 0),
            Weights.Add($"{name}.scale", new Shape(to), Initializer.Filled(Math.Log(Math.Exp(FirstVariance - Epsilon) - 1))));
}
