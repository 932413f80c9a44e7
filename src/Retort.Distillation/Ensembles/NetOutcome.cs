namespace Retort.Ensembles;

/// <summary>How a net's training went.</summary>
/// <param name="Validation">RMSE on the validation rows of the weights that were kept.</param>
/// <param name="BestStep">The update they come from.</param>
/// <param name="Slope">Change of the training loss over the last tenth of the updates, as a share of the loss; below 0 it fell.</param>
public sealed record NetOutcome(double Validation, int BestStep, double Slope)
{
    /// <summary>A student whose loss still falls by more than this share was stopped too early.</summary>
    public const double StillFalling = -0.05;

    public bool IsStillFalling => Slope < StillFalling;

    /// <param name="validation">RMSE that was kept.</param>
    /// <param name="bestStep">Its update.</param>
    /// <param name="losses">Of every update; the last twentieth is compared with the one before.</param>
    public static NetOutcome Of(double validation, int bestStep, double[] losses)
    {
        var part = Math.Max(1, losses.Length / 20);
        if (losses.Length < 2 * part) return new NetOutcome(validation, bestStep, 0);
        var (before, last) = (losses[^(2 * part)..^part].Average(), losses[^part..].Average());
        return new NetOutcome(validation, bestStep, before == 0 ? 0 : (last - before) / before);
    }
}
