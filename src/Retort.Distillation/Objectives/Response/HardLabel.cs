using Retort.Nn.Schedules;
using Retort.Tensors.Devices;

namespace Retort.Objectives.Response;

/// <summary>
/// L = hardWeight · CE(y, softmax(z)); with smoothing ε the target is (1 − ε)·onehot(y) + ε/C (Szegedy et al. 2016, section 7).
/// z [B, C], y [B].
/// </summary>
public sealed class HardLabel(Schedule hardWeight, double labelSmoothing = 0) : Objective
{
    public override string Name => "hard-label";

    public override RowLossTerms TermsAt(long step) =>
        RowLossTerms.HardOnly(labelSmoothing) with { HardWeight = hardWeight.At(step) };
}
