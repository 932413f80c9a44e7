using Retort.Nn.Schedules;
using Retort.Tensors.Devices;

namespace Retort.Objectives.Response;

/// <summary>
/// L = softWeight · mean over all elements of (z_student − z_teacher)² (Ba and Caruana 2014, eq. 1, up to the factor C/2).
/// z [B, C], dense labels: the logits' offset counts.
/// </summary>
public sealed class LogitRegression(Schedule softWeight) : Objective
{
    public override string Name => "logit-regression";

    public override RowLossTerms TermsAt(long step) =>
        RowLossTerms.SoftOnly(SoftLoss.LogitMeanSquaredError, 1) with { SoftWeight = softWeight.At(step) };
}
