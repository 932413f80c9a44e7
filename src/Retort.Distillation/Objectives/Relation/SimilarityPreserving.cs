using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Relation;

/// <summary>
/// L = Σ_pairs (1/B²) ‖G_s − G_t‖²_F, G = F Fᵀ with rows of norm 1: pairs of examples that activate the teacher alike activate the student
/// alike (Tung and Mori 2019, SP, eq. 4). F [B, …], flattened; widths may differ.
/// </summary>
public sealed class SimilarityPreserving(IReadOnlyList<FeaturePair> pairs) : FeatureObjective(pairs)
{
    public static ObjectiveEntry Entry { get; } =
        new("similarity-preserving", "SP: similarities of examples", "Tung, Mori 2019, arXiv 1907.09682",
        "‖G_student − G_teacher‖²/B², G = normalised F·Fᵀ", Needs.Features, given => new SimilarityPreserving(given.Pairs));

    public override string Name => Entry.Name;

    public override Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0) =>
        step.MeanSquaredDifference(Similarity(step, step.Flat(student)), Similarity(step, step.Flat(teacher)));

    private static Tensor Similarity(Step step, Tensor x) => step.Normalised(step.MatMul(x, x, transposeB: true), -1);
}
