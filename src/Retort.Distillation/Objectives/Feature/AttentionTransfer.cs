using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Operations;

namespace Retort.Objectives.Feature;

/// <summary>
/// L = Σ_pairs mean over examples and places of (Q_s/‖Q_s‖ − Q_t/‖Q_t‖)², Q = the map of mean_c |F_c|^p: where the net looks, whatever
/// it sees there (Zagoruyko and Komodakis 2017, activation-based). That is the authors' code; form "paper" has the norm of the
/// difference instead of its mean square (eq. 2). F [B, C, H, W]; channels may differ, the larger map is averaged to the smaller.
/// </summary>
public sealed class AttentionTransfer(IReadOnlyList<FeaturePair> pairs, int power = 2, bool paper = false) : FeatureObjective(pairs)
{
    public static ObjectiveEntry Entry { get; } =
        new("attention-transfer", "AT: maps of where the activation is", "Zagoruyko, Komodakis 2017, arXiv 1612.03928",
        "mean((Q_student − Q_teacher)²), Q = normalised mean_c |F|^p", Needs.Features,
        given => new AttentionTransfer(given.Pairs, int.Parse(given.Choice("power"), System.Globalization.CultureInfo.InvariantCulture),
            given.Choice("form") == "paper"))
    {
        TapRank = 3,
        FormulaOf = recipe =>
            recipe.Value("form") == "paper" ? "mean_n ‖Q_student − Q_teacher‖, Q = normalised mean_c |F|^p" : Entry!.Formula,
        Keys =
        [
            ObjectiveKey.Choice("power", ["2", "1", "4"], "the authors' choice: high activations count more") with { Symbol = "p",
                Meaning = "power" },
            ObjectiveKey.Choice("form", ["code", "paper"], "what the published numbers were made with"),
        ],
    };

    public override string Name => Entry.Name;

    public override Tensor Between(Step step, Tensor student, Tensor teacher, int pair = 0)
    {
        (student, teacher) = step.Aligned(student, teacher);
        var difference = step.Subtract(Attention(step, student), Attention(step, teacher));
        return paper ? step.MeanAll(step.Reduce(Reduction.L2Norm, difference, -1)) : step.MeanAll(step.Square(difference));
    }

    /// <summary>[B, H·W]</summary>
    private Tensor Attention(Step step, Tensor x)
    {
        x = power == 1 ? step.Apply(Unary.Absolute, x) : step.Square(x);
        if (power == 4) x = step.Square(x);
        return step.Normalised(step.Mean(step.FlatMaps(x), 1), -1);
    }
}
