namespace Retort.Evaluation;

/// <summary>
/// Whether distillation was worth it, from accuracies on the same test examples and paired 95 % intervals.
/// <list type="bullet">
/// <item>kept = acc_s / acc_t; null (and absent) when the teacher is never right.</item>
/// <item>gain = acc_s − acc_b, b being the same student trained without the teacher.</item>
/// <item>gapClosed = (acc_s − acc_b) / (acc_t − acc_b), the ratio of Bucilă et al. 2006; only when the interval of
/// acc_t − acc_b lies above 0, for without a gap there is nothing to close.</item>
/// </list>
/// The outcome is the first of these that holds:
/// <list type="number">
/// <item>"not enough data": fewer than <see cref="FewestExamples"/> test examples, where a percentile interval means nothing.</item>
/// <item>"better": gainCi95[0] &gt; 0.</item>
/// <item>"worse": gainCi95[1] &lt; 0.</item>
/// <item>"not worse than the margin": gainCi95[0] &gt; −margin.</item>
/// <item>"not enough data": otherwise.</item>
/// </list>
/// </summary>
public sealed record Verdict : Judgement
{
    public const int FewestExamples = 30;
    public const string Better = "better";
    public const string Worse = "worse";
    public const string NotWorse = "not worse than the margin";
    public const string NotEnoughData = "not enough data";

    public required McNemar StudentAgainstBaseline { get; init; }
    public override string Text => VerdictText.Of(this);

    /// <summary>Each column holds 1 where that model is right on a test example, else 0.</summary>
    public static Verdict Of(double[] teacher, double[] student, double[] baseline, double margin, int resamples, ulong seed)
    {
        var means = new PairedBootstrap(resamples, seed).Means(teacher, student, baseline);
        double t = teacher.Average(), s = student.Average(), b = baseline.Average();
        var gain = PairedBootstrap.Percentile(means.Select(m => m[1] - m[2]))!.Value;
        var gap = PairedBootstrap.Percentile(means.Select(m => m[0] - m[2]))!.Value;
        return new Verdict
        {
            Examples = teacher.Length,
            Teacher = t,
            Student = s,
            Baseline = b,
            Margin = margin,
            Kept = t > 0 ? s / t : null,
            KeptInterval = t > 0 ? PairedBootstrap.Percentile(means.Where(m => m[0] > 0).Select(m => m[1] / m[0])) : null,
            Gain = s - b,
            GainInterval = gain,
            GapClosed = gap.Low > 0 ? (s - b) / (t - b) : null,
            StudentAgainstBaseline = McNemar.Of(student, baseline),
            Outcome = Decide(teacher.Length, gain, margin),
        };
    }

    /// <summary>The rule above, alone.</summary>
    public static string Decide(int examples, Interval gain, double margin) => examples < FewestExamples ? NotEnoughData
        : gain.Low > 0 ? Better
        : gain.High < 0 ? Worse
        : gain.Low > -margin ? NotWorse
        : NotEnoughData;
}
