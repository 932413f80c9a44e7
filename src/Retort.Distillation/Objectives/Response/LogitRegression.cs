using Retort.Tensors.Devices;

namespace Retort.Objectives.Response;

/// <summary>
/// L = mean over all elements of (z_student − z_teacher)² (Ba and Caruana 2014, eq. 1, up to the factor C/2).
/// z [N, C], dense labels: the logits' offset counts. Of numbers C is 1, and z the number in standard units.
/// </summary>
public sealed class LogitRegression : RowObjective
{
    public static ObjectiveEntry Entry { get; } =
        new("logit-regression", "Mean squared error of logits", "Ba, Caruana 2014, arXiv 1312.6184",
        "mean((z_student − z_teacher)²)", Needs.DenseLogits, _ => new LogitRegression()) { OfNumbers = true };

    public override string Name => Entry.Name;

    public override RowLossTerms TermsAt(long update) => RowLossTerms.SoftOnly(SoftLoss.LogitMeanSquaredError, 1);
}
