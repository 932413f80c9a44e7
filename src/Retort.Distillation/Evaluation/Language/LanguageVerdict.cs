using System.Globalization;

namespace Retort.Evaluation.Language;

/// <summary>
/// Whether distillation was worth it, from the losses of the same test documents and paired 95 % intervals; a resample draws documents, and
/// the figure of a model is the mean loss of a token of those that were drawn, in nats.
/// <list type="bullet">
/// <item>gain = loss_b − loss_s, b being the same student trained without the teacher.</item>
/// <item>gapClosed = (loss_b − loss_s) / (loss_b − loss_t), only when the interval of the denominator lies above 0.</item>
/// <item>kept = exp(loss_t − loss_s), the teacher's perplexity by the student's.</item>
/// </list>
/// The outcome follows the rule of <see cref="Verdict.Decide"/>.
/// </summary>
public sealed record LanguageVerdict : Judgement
{
    /// <param name="teacher">Its sums of each document; null = nobody knows them: its figure is NaN, gap and kept are absent.</param>
    /// <param name="student">Of the same documents.</param>
    /// <param name="baseline">Of the same documents.</param>
    /// <param name="margin">In nats a token.</param>
    /// <param name="resamples">Of the bootstrap.</param>
    /// <param name="seed">Of the bootstrap.</param>
    public static LanguageVerdict Of(TokenScore? teacher, TokenScore student, TokenScore baseline, double margin, int resamples, ulong seed)
    {
        var means = new PairedBootstrap(resamples, seed)
            .Means((teacher ?? student).Losses, student.Losses, baseline.Losses, student.Tokens);
        var tokens = student.Tokens.Sum();
        double t = teacher?.Losses.Sum() / tokens ?? double.NaN, s = student.Losses.Sum() / tokens, b = baseline.Losses.Sum() / tokens;
        var gain = PairedBootstrap.Percentile(means.Select(m => (m[2] - m[1]) / m[3]))!.Value;
        var gap = PairedBootstrap.Percentile(means.Select(m => (m[2] - m[0]) / m[3]));
        return new LanguageVerdict
        {
            Examples = student.Tokens.Length,
            Teacher = t,
            Student = s,
            Baseline = b,
            Margin = margin,
            Kept = teacher is null ? null : Math.Exp(t - s),
            KeptInterval = teacher is null ? null : PairedBootstrap.Percentile(means.Select(m => Math.Exp((m[0] - m[1]) / m[3]))),
            Gain = b - s,
            GainInterval = gain,
            GapClosed = teacher is not null && gap is { Low: > 0 } ? (b - s) / (b - t) : null,
            Outcome = Verdict.Decide(student.Tokens.Length, gain, margin),
        };
    }

    public override string Text
    {
        get
        {
            var text = Say($"On n = {Examples} test documents the student's loss is {Student:0.0000} nats a token, ")
                + (double.IsNaN(Teacher) ? "" : Say($"the teacher's {Teacher:0.0000}, "))
                + Say($"that of the same student trained without the teacher {Baseline:0.0000}; the gain is {Gain:0.0000} ")
                + Say($"(95 % interval {GainInterval.Low:0.0000} to {GainInterval.High:0.0000}). ") + Outcome switch
                {
                    Verdict.Better => "Distillation helped: keep the student.",
                    Verdict.Worse => "Do not distil: the same student is better without the teacher.",
                    Verdict.NotWorse => Say($"The student is not worse than the baseline by {Margin:G3} nats or more, but a gain is not shown."),
                    _ => "Not enough data: take more test documents before you decide.",
                };
            if (GapClosed is { } closed)
                text += Say($" It closes {closed * 100:0.#} % of the gap between the baseline and the teacher.");
            return Teacher > Baseline
                ? text + " Warning: the teacher's loss is larger than the baseline's; check the teacher before you trust its answers."
                : text;
        }
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
