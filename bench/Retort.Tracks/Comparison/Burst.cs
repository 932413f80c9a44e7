namespace Retort.Tracks.Comparison;

/// <summary>One answer and how much of the machine others took meanwhile.</summary>
/// <param name="Answer">What the side said.</param>
/// <param name="Others">Cores that were busy for anybody but this side, on average; NaN where the system does not tell.</param>
internal sealed record Burst(Answer Answer, double Others)
{
    private const double MostOthers = 0.08;

    public bool Clean => Others < MostOthers;
}
