using System.Globalization;

namespace Retort.Evaluation;

/// <summary>
/// Whether distillation was worth it, from squared errors on the same test examples and paired 95 % intervals.
/// <list type="bullet">
/// <item>gain = RMSE_b − RMSE_s, b being the same student trained without the teacher; in the units of the target.</item>
/// <item>kept = R²_s / R²_t, the share that is kept of the variance which the teacher explains; null when it explains none. The variance of
/// the true numbers is that of the whole test part, in each resample.</item>
/// <item>gapClosed = (RMSE_b − RMSE_s) / (RMSE_b − RMSE_t), the ratio of Bucilă et al. 2006; only when the interval of the denominator lies
/// above 0.</item>
/// </list>
/// The outcome follows the rule of <see cref="Verdict.Decide"/>.
/// </summary>
public sealed record RegressionVerdict : Judgement
{
    /// <summary>Name of the column that is predicted.</summary>
    public required string Target { get; init; }

    /// <param name="target">Name of the column that is predicted.</param>
    /// <param name="teacher">[N] squared errors.</param>
    /// <param name="student">[N] squared errors.</param>
    /// <param name="baseline">[N] squared errors.</param>
    /// <param name="variance">Of the true numbers.</param>
    /// <param name="margin">In the units of the target.</param>
    /// <param name="resamples">Of the bootstrap.</param>
    /// <param name="seed">Of the bootstrap.</param>
    public static RegressionVerdict Of(string target, double[] teacher, double[] student, double[] baseline, double variance, double margin,
        int resamples, ulong seed)
    {
        var means = new PairedBootstrap(resamples, seed).Means(teacher, student, baseline);
        double t = Math.Sqrt(teacher.Average()), s = Math.Sqrt(student.Average()), b = Math.Sqrt(baseline.Average());
        var gain = PairedBootstrap.Percentile(means.Select(m => Math.Sqrt(m[2]) - Math.Sqrt(m[1])))!.Value;
        var gap = PairedBootstrap.Percentile(means.Select(m => Math.Sqrt(m[2]) - Math.Sqrt(m[0])))!.Value;
        var explains = t * t < variance;
        return new RegressionVerdict
        {
            Target = target,
            Examples = teacher.Length,
            Teacher = t,
            Student = s,
            Baseline = b,
            Margin = margin,
            Kept = explains ? (variance - s * s) / (variance - t * t) : null,
            KeptInterval = explains
                ? PairedBootstrap.Percentile(means.Where(m => m[0] < variance).Select(m => (variance - m[1]) / (variance - m[0])))
                : null,
            Gain = b - s,
            GainInterval = gain,
            GapClosed = gap.Low > 0 ? (b - s) / (b - t) : null,
            Outcome = Verdict.Decide(teacher.Length, gain, margin),
        };
    }

    public override string Text
    {
        get
        {
            var sentences = new List<string>
            {
                Say($"On n = {Examples} test examples the student's root mean square error of '{Target}' is {Student:G4}, ")
                    + Say($"the teacher's {Teacher:G4}, that of the same student trained without the teacher {Baseline:G4}; ")
                    + Say($"the gain is {Gain:G3} (95 % interval {GainInterval.Low:G3} to {GainInterval.High:G3}).") + Explained(),
                Advice(),
            };
            if (GapClosed is { } closed)
                sentences.Add(Say($"It closes {closed * 100:0.#} % of the gap between the baseline and the teacher."));
            if (Teacher > Baseline)
                sentences.Add(Say($"Warning: the teacher's error ({Teacher:G4}) is larger than the baseline's ({Baseline:G4}); ")
                    + "check the teacher before you trust its labels.");
            return string.Join(" ", sentences);
        }
    }

    private string Explained() => this is { Kept: { } kept, KeptInterval: { } interval }
        ? Say($" It keeps {kept * 100:0.00} % of the variance that the teacher explains ")
            + Say($"(95 % interval {interval.Low * 100:0.00} to {interval.High * 100:0.00} %).")
        : " The teacher explains nothing of the variance.";

    private string Advice() => Outcome switch
    {
        Verdict.Better => "Distillation helped: keep the student.",
        Verdict.Worse => "Do not distil: the same student is better without the teacher.",
        Verdict.NotWorse when GainInterval.High < Margin => Say(
            $"Do not distil: the baseline is as good, within the margin of {Margin:G3} either way, and costs no teacher labels."),
        Verdict.NotWorse => Say($"The student is not worse than the baseline by {Margin:G3} or more, but a gain is not shown: ")
            + "do not distil for a smaller error alone until more test examples show one.",
        _ when Examples < Verdict.FewestExamples => Say(
            $"Not enough data: with fewer than {Verdict.FewestExamples} test examples no interval can be trusted; label more before you decide."),
        _ => Say($"Not enough data: the interval allows a loss of {Margin:G3} or more as well as a gain; ")
            + "label more test examples before you decide.",
    };

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
