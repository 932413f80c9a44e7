using Retort.Evaluation;

namespace Retort.Judging.Arms;

/// <summary>Two arms on the same items.</summary>
/// <param name="A">With which it is compared.</param>
/// <param name="B">Who is judged.</param>
/// <param name="Judgement">Of B's score over A's.</param>
/// <param name="HolmP">The p-value, with what is compared beside it (Holm 1979).</param>
/// <param name="Outcome">
/// Of the claim that B is better: as <see cref="Verdict"/> says it, "better" and "worse" only where <paramref name="HolmP"/> is at most
/// 5 %.
/// </param>
/// <param name="NotWorse">Of the claim that B loses no more than the margin; null = the data do not say.</param>
/// <param name="NeededForNotWorse">Items that would decide it, if the difference stays as it is.</param>
public sealed record ArmComparison(ArmRole A, ArmRole B, ScoreJudgement Judgement, double HolmP, string Outcome, bool? NotWorse,
    long? NeededForNotWorse)
{
    /// <summary>Whatever the truth is, the two differ by less than the margin.</summary>
    public bool AreEqual(double margin) => NotWorse == true && Outcome != Verdict.Better && Judgement.Interval.High < margin;

    /// <summary>What follows for the claim: of the student against its teacher, that no more than the margin is lost.</summary>
    public string Finding => A != ArmRole.Teacher ? Outcome : NotWorse switch
    {
        true => "loses no more than the margin",
        false => "loses more than the margin",
        _ => Verdict.NotEnoughData,
    };

    /// <summary>So many grades are missing that they could turn what was found.</summary>
    public bool IsFullOfHoles => Judgement.Ungraded > PairedScores.MostUngraded * (Judgement.Examples!.Value + Judgement.Ungraded);

    /// <summary>All comparisons, with p-values that know of each other.</summary>
    internal static IReadOnlyList<ArmComparison> Of(IReadOnlyList<(Arm A, Arm B)> pairs, double margin, int resamples, ulong seed)
    {
        PairedScores[] scores = [.. pairs.Select(pair => new PairedScores(pair.A.Scores, pair.B.Scores, (pair.A.Name, pair.B.Name)))];
        ScoreJudgement[] judged = [.. scores.Select(paired => paired.Judge(margin, resamples, seed))];
        var holm = Holm.Adjusted([.. judged.Select(one => one.P!.Value)]);
        return [.. pairs.Select((pair, i) => new ArmComparison(pair.A.Role, pair.B.Role, judged[i], holm[i],
            judged[i].Outcome is Verdict.Better or Verdict.Worse && holm[i] > 0.05 ? Verdict.NotEnoughData : judged[i].Outcome,
            scores[i].IsNotWorse(judged[i], margin), NeededOf(judged[i], margin)))];
    }

    private static long? NeededOf(ScoreJudgement judged, double margin) => judged.Difference + margin <= 0 ? null
        : Math.Max(SampleSize.ToRuleOut(margin) ?? 0,
            Math.Max(judged.Examples!.Value + 1, SampleSize.ToTell(judged.Deviation, judged.Difference + margin)));
}
