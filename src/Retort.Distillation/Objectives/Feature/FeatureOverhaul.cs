using Retort.Nn;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Feature;

/// <summary>
/// L = Σ_pairs 2^(i − n + 1) · (1/B) Σ d(r(F_s), max(F_t, m_c)), d(s, t) = 0 where s ≤ t ≤ 0, else (s − t)²: before the ReLU, positive
/// values of the
/// teacher are matched, negative ones only from above, and what lies below the margin m_c (the mean of the channel's negative values,
/// here of this batch) does not matter (Heo et al. 2019, "A comprehensive overhaul", eq. 2 to 4). r is a 1×1 convolution with batch norm.
/// F [B, C, H, W] BEFORE the activation.
/// </summary>
public sealed class FeatureOverhaul : FeatureObjective
{
    private readonly Connector[] _connectors;

    public FeatureOverhaul(ObjectiveContext given) : base(given.Pairs)
    {
        Weights = new Weights();
        _connectors = [.. given.Shapes.Select((shapes, i) => new Connector(Weights, $"connector.{i}", shapes, always: true))];
    }

    public static ObjectiveEntry Entry { get; } =
        new("feature-overhaul", "OFD: partial distance before the activation", "Heo et al. 2019, arXiv 1904.01866",
        "Σ partial((r(F_student) − max(F_teacher, m))²)", Needs.Features, given => new FeatureOverhaul(given)) { TapRank = 3 };

    public override string Name => Entry.Name;
    public override Weights Weights { get; }
    public override IReadOnlyList<string> Adapters => [.. _connectors.Select(connector => connector.Description)];

    public override Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0)
    {
        (student, teacher) = _connectors[pair].Match(step, student, teacher);
        return step.Scale(Distance(step, student, teacher), Math.Pow(2, pair - Pairs.Count + 1) / student.Shape[0]);
    }

    /// <summary>The partial distance, summed, of two maps of one shape.</summary>
    public static Tensor Distance(Step step, Tensor student, Tensor teacher)
    {
        var target = step.Combine(Binary.Maximum, teacher, Margins(step, teacher));
        var above = step.WherePositive(step.Subtract(student, target));
        var counted = step.Combine(Binary.Maximum, above, step.WherePositive(target));
        return step.SumAll(step.Multiply(step.Square(step.Subtract(student, target)), counted));
    }

    /// <summary>[C, 1, 1]: the mean of the negative values of each channel, 0 where it has none.</summary>
    private static Tensor Margins(Step step, Tensor teacher)
    {
        var negative = step.Scale(step.Relu(step.Scale(teacher, -1)), -1);
        var (sum, count) = (OfChannel(step, negative), OfChannel(step, step.WherePositive(step.Scale(teacher, -1))));
        return step.Reshape(step.Divide(sum, step.Combine(Binary.Maximum, count, step.Constant(new Shape(), [1.0]))),
            new Shape(teacher.Shape[1], 1, 1));
    }

    private static Tensor OfChannel(Step step, Tensor x) => step.Sum(step.Sum(step.FlatMaps(x), 2), 0);
}
