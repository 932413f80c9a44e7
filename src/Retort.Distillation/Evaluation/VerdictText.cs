using System.Globalization;

namespace Retort.Evaluation;

/// <summary>The verdict in plain sentences: the numbers, how sure they are, and what to do.</summary>
internal static class VerdictText
{
    public static string Of(Verdict verdict)
    {
        var sentences = new List<string> { Facts(verdict), Advice(verdict) };
        if (verdict.GapClosed is { } closed)
            sentences.Add(Text($"It closes {closed * 100:0.#} % of the gap between the baseline and the teacher."));
        if (verdict.Teacher < verdict.Baseline)
        {
            sentences.Add($"Warning: the teacher ({Percent(verdict.Teacher)}) is less accurate than the baseline "
                + $"({Percent(verdict.Baseline)}); check the teacher before you trust its labels.");
        }

        return string.Join(" ", sentences);
    }

    private static string Facts(Verdict v)
    {
        var kept = v is { Kept: { } share, KeptInterval: { } interval }
            ? Text($"which keeps {Percent(share)} of the teacher's {Percent(v.Teacher)} (95 % interval {Percent(interval.Low)} to {Percent(interval.High)})")
            : "while the teacher is never right";
        return Text($"On n = {v.Examples} test examples the student is right on {Percent(v.Student)}, {kept}; the same student trained without the teacher ")
            + Text($"is right on {Percent(v.Baseline)}, so the gain is {Points(v.Gain)} points ")
            + Text($"(95 % interval {Points(v.GainInterval.Low)} to {Points(v.GainInterval.High)}; McNemar mid-p {Probability(v.StudentAgainstBaseline.MidP)}).");
    }

    private static string Advice(Verdict v)
    {
        var margin = Text($"{v.Margin * 100:0.##}");
        return v.Outcome switch
        {
            Verdict.Better => "Distillation helped: keep the student.",
            Verdict.Worse => "Do not distil: the same student is better without the teacher.",
            Verdict.NotWorse when v.GainInterval.High < v.Margin => Text(
                $"Do not distil: the baseline is as good, within the margin of {margin} points either way, and costs no teacher labels."),
            Verdict.NotWorse => Text(
                $"The student is not worse than the baseline by {margin} points or more, but a gain is not shown: do not distil for accuracy alone until more test examples show one."),
            _ when v.Examples < Verdict.FewestExamples => Text(
                $"Not enough data: with fewer than {Verdict.FewestExamples} test examples no interval can be trusted; label more before you decide."),
            _ => Text($"Not enough data: the interval allows a loss of {margin} points or more as well as a gain; ") + Wanted(v),
        };
    }

    /// <summary>Intervals shrink with √n: n' = n · (half-width / margin)².</summary>
    private static string Wanted(Verdict v)
    {
        var halfWidth = (v.GainInterval.High - v.GainInterval.Low) / 2;
        if (!(v.Margin > 0) || halfWidth <= v.Margin)
            return "label more test examples before you decide.";
        var wanted = v.Examples * Math.Pow(halfWidth / v.Margin, 2);
        var rounding = Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10(wanted)) - 1));
        return Text($"about {Math.Ceiling(wanted / rounding) * rounding:0} test examples would narrow it to the margin.");
    }

    private static string Percent(double share) => Text($"{share * 100:0.00} %");

    private static string Points(double difference) => Text($"{difference * 100:+0.00;-0.00;0.00}");

    private static string Probability(double p) => p < 0.0001 ? "< 0.0001" : Text($"= {p:0.####}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
