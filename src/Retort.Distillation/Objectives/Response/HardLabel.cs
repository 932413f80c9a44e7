using Retort.Recipes;
using Retort.Tensors.Devices;

namespace Retort.Objectives.Response;

/// <summary>
/// L = CE(y, softmax(z)); with smoothing ε the target is (1 − ε)·onehot(y) + ε/C (Szegedy et al. 2016, section 7).
/// z [N, C], y [N].
/// </summary>
public sealed class HardLabel(double labelSmoothing = 0) : RowObjective
{
    public static ObjectiveEntry Entry { get; } =
        new("hard-label", "Cross-entropy against the class", "–", "CE(y, p_student)", Needs.HardLabels,
        given => new HardLabel(given.Number("labelSmoothing")))
    {
        UsesClass = true,
        WeightKey = "hardWeight",
        Keys = [ObjectiveKey.Number("labelSmoothing", 0, NumberRange.BelowOne, "classes as they are")],
    };

    public override string Name => Entry.Name;

    public override RowLossTerms TermsAt(long update) => RowLossTerms.HardOnly(labelSmoothing);
}
