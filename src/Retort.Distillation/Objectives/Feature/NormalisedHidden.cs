using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Feature;

/// <summary>
/// L = Σ_pairs mean over examples of ‖s/‖s‖ − t/‖t‖‖², s and t hidden vectors (the first token's, in an encoder), s through an adapter
/// where the widths differ (Sun et al. 2019, patient distillation). [B, features]; maps of one size are flattened; of sequences [B,
/// length, width] the first place, or every place, is an example.
/// </summary>
public sealed class NormalisedHidden(ObjectiveContext given) : AdaptedObjective(given, given.Places)
{
    public static ObjectiveEntry Entry { get; } =
        new("normalised-hidden", "PKD: directions of hidden vectors, layer by layer", "Sun et al. 2019, arXiv 1908.09355",
        "mean_n ‖s/‖s‖ − t/‖t‖‖²", Needs.Features, given => new NormalisedHidden(given))
    {
        Keys = [PlacesKey(SequencePlaces.First, "the paper's: the first token stands for the text")],
    };

    public override string Name => Entry.Name;

    public override Tensor Distance(Step step, Tensor student, Tensor teacher, int pair = 0)
    {
        var difference = step.Subtract(step.Normalised(step.Flat(student), -1), step.Normalised(step.Flat(teacher), -1));
        return step.MeanAll(step.Sum(step.Square(difference), -1));
    }
}
