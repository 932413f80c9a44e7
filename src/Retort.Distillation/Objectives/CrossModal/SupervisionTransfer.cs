using Retort.Tensors;
using Retort.Tensors.Operations;

namespace Retort.Objectives.CrossModal;

/// <summary>
/// L = Σ_pairs mean over examples of Σ_features (r(F_s) − F_t)², F_t the teacher's value for the same thing in another modality, r an
/// adapter where the widths differ (Gupta, Hoffman and Malik 2016, eq. 1). With <c>length: one</c> both are brought to length 1 first, as
/// the feature term of CLIP-KD does (Yang et al. 2024, section 3). F [B, features]; maps of one size are flattened.
/// </summary>
public sealed class SupervisionTransfer(ObjectiveContext given) : AdaptedObjective(given)
{
    private readonly bool _directions = given.Choice("length") == "one";

    public static ObjectiveEntry Entry { get; } =
        new("supervision-transfer", "Supervision transfer: a layer for paired inputs of two modalities",
        "Gupta, Hoffman, Malik 2016, arXiv 1507.00448", "mean_n ‖r(F_student) − F_teacher‖²", Needs.Features,
        given => new SupervisionTransfer(given))
    {
        Keys = [ObjectiveKey.Choice("length", ["kept", "one"], "values as they are, as in the paper")],
    };

    public override string Name => Entry.Name;

    public override Tensor Distance(Step step, Tensor student, Tensor teacher, int pair = 0)
    {
        (student, teacher) = (step.Flat(student), step.Flat(teacher));
        if (_directions) (student, teacher) = (step.Normalised(student, -1), step.Normalised(teacher, -1));
        return step.MeanAll(step.Sum(step.Square(step.Subtract(student, teacher)), -1));
    }
}
