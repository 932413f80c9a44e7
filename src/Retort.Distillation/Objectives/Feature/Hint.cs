using Retort.Tensors;

namespace Retort.Objectives.Feature;

/// <summary>
/// L = Σ_pairs mean over all elements of (r(F_s) − F_t)², r an adapter where the widths differ (Romero et al. 2015, FitNets, eq. 3 up to a
/// factor). With a weight that ends early it is the paper's first stage; beside soft-label all along, the joint form.
/// F [B, features] or [B, channels, height, width]; of sequences [B, length, width] each place is an example (TinyBERT's hidden states and
/// embeddings, Jiao et al. 2020, eq. 8 and 9).
/// </summary>
public sealed class Hint(ObjectiveContext given) : AdaptedObjective(given, given.Places)
{
    public static ObjectiveEntry Entry { get; } =
        new("hint", "FitNets: regression on a hidden layer", "Romero et al. 2015, arXiv 1412.6550",
        "mean((r(F_student) − F_teacher)²)", Needs.Features, given => new Hint(given))
    {
        Keys = [PlacesKey(SequencePlaces.All, "TinyBERT's: every token that is not padding")],
    };

    public override string Name => Entry.Name;

    public override Tensor Distance(Step step, Tensor student, Tensor teacher, int pair = 0) =>
        step.MeanSquaredDifference(student, teacher);
}
