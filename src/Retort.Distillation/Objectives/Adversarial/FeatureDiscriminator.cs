using Retort.Recipes;
using Retort.Tensors;

namespace Retort.Objectives.Adversarial;

/// <summary>
/// L = Σ_pairs [2 ln 2 + mean ln σ(D(F_t)) + mean ln(1 − σ(D(r(F_s))))], D learnt against the student, r an adapter where widths differ:
/// hidden values should look like a teacher's (Wang et al. 2018, after Goodfellow et al. 2014). Maps [B, C, H, W] are averaged over space.
/// </summary>
public sealed class FeatureDiscriminator : AdaptedObjective
{
    private readonly Discriminator[] _discriminators;

    public FeatureDiscriminator(ObjectiveContext given) : base(given) =>
        _discriminators = [.. given.Shapes.Select((shapes, i) => new Discriminator(Weights, $"discriminator.{i}",
            (int)(shapes.Teacher.Rank == 3 ? shapes.Teacher[0] : shapes.Teacher.Count), (int)given.Number("discriminatorWidth")))];

    public static ObjectiveEntry Entry { get; } =
        new("feature-discriminator", "Hidden values that a discriminator cannot tell from the teacher's",
        "Wang, Xu, Xu and Tao 2018, AAAI, Adversarial learning of portable student networks",
        "(2 ln 2 + mean ln σ(D(F_teacher)) + mean ln(1 − σ(D(r(F_student)))))", Needs.Features, given => new FeatureDiscriminator(given))
    {
        Keys = [ObjectiveKey.Number("discriminatorWidth", 64, new NumberRange(1, 65536, Whole: true), "as logit-discriminator has it")],
    };

    public override string Name => Entry.Name;
    public override IReadOnlyList<string> Adapters =>
        [.. base.Adapters.Zip(_discriminators, (adapter, discriminator) => $"{adapter}; {discriminator.Description}")];

    public override Tensor Distance(Step step, Tensor student, Tensor teacher, int pair = 0) =>
        _discriminators[pair].Divergence(step, Vectors(step, student), Vectors(step, teacher));

    private static Tensor Vectors(Step step, Tensor x) => step.Flat(x.Shape.Rank == 4 ? step.Averaged(x, 1, 1) : x);
}
