using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Feature;

/// <summary>
/// L = Σ_pairs mean over examples of 1 − cos(s, t): the direction of an embedding, not its length; s through an adapter where the widths
/// differ (Sanh et al. 2019, DistilBERT's third term). [B, features]; maps of one size are flattened; of sequences [B, length, width] each
/// place is an example.
/// </summary>
public sealed class CosineEmbedding(ObjectiveContext given) : AdaptedObjective(given, given.Places)
{
    public static ObjectiveEntry Entry { get; } =
        new("cosine-embedding", "Angle between embeddings", "Sanh et al. 2019 (DistilBERT), arXiv 1910.01108",
        "mean_n (1 − cos(s, t))", Needs.Features, given => new CosineEmbedding(given))
    {
        Keys = [PlacesKey(SequencePlaces.All, "DistilBERT's: every token that is not padding")],
    };

    public override string Name => Entry.Name;

    public override Tensor Distance(Step step, Tensor student, Tensor teacher, int pair = 0)
    {
        var cosines = step.Sum(step.Multiply(step.Normalised(step.Flat(student), -1), step.Normalised(step.Flat(teacher), -1)), -1);
        return step.Minus(1, step.MeanAll(cosines));
    }
}
