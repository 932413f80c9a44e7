using Retort.Nn;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Feature;

/// <summary>
/// L = Σ_pairs 2^(i − n + 1) · 3/1000 · (1/B) Σ [ (m + s)₊² where t ≤ 0, (m − s)₊² where t &gt; 0 ]: which side of 0 a value before its
/// ReLU
/// lies on, with a margin m; not how far (Heo et al. 2019, AB, eq. 6, with the factors of the reference implementation).
/// F [B, …] BEFORE the activation; where the channels differ a 1×1 convolution and a batch norm connect them.
/// </summary>
public sealed class ActivationBoundary : FeatureObjective
{
    private const double Factor = 3.0 / 1000;
    private readonly double _margin;
    private readonly Connector[] _connectors;

    public ActivationBoundary(ObjectiveContext given) : base(given.Pairs)
    {
        _margin = given.Number("margin");
        Weights = new Weights();
        _connectors = [.. given.Shapes.Select((shapes, i) => new Connector(Weights, $"connector.{i}", shapes, always: false))];
    }

    public static ObjectiveEntry Entry { get; } =
        new("activation-boundary", "AB: on which side of 0 a neuron is", "Heo et al. 2019, arXiv 1811.03233",
        "Σ hinge(F_student, sign F_teacher, m)²·3/1000", Needs.Features, given => new ActivationBoundary(given))
    {
        Keys = [ObjectiveKey.Number("margin", 1, NumberRange.Positive(100), "the paper's") with { Symbol = "m", Meaning = "margin" }],
    };

    public override string Name => Entry.Name;
    public override Weights Weights { get; }
    public override IReadOnlyList<string> Adapters => [.. _connectors.Select(connector => connector.Description)];

    public override Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0)
    {
        (student, teacher) = _connectors[pair].Match(step, student, teacher);
        return step.Scale(Distance(step, student, teacher, _margin), Math.Pow(2, pair - Pairs.Count + 1) * Factor / student.Shape[0]);
    }

    /// <summary>The bracket, summed, of two values of one shape.</summary>
    public static Tensor Distance(Step step, Tensor student, Tensor teacher, double margin)
    {
        var active = step.WherePositive(teacher);
        var below = step.Multiply(step.Square(step.Relu(step.Plus(student, margin))), step.Minus(1, active));
        var above = step.Multiply(step.Square(step.Relu(step.Minus(margin, student))), active);
        return step.SumAll(step.Add(below, above));
    }
}
