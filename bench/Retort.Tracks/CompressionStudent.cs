using Retort.Ensembles;

namespace Retort.Tracks;

/// <summary>A net that learnt from the ensemble.</summary>
internal sealed record CompressionStudent(string Kind, int Rows, SmallNet Net, NetOutcome Outcome, double Rmse)
{
    /// <summary>Share of the achievable improvement: (net − student) / (net − ensemble).</summary>
    public double Ratio(double net, double ensemble) => (net - Rmse) / (net - ensemble);
}
