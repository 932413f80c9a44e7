using System.Globalization;
using Retort.Evaluation;
using Retort.Tensors;

namespace Retort.Judging;

/// <summary>A published mean with half of its 95 % interval, as 0.896±0.022. Two of them are taken as independent and normal.</summary>
/// <param name="Mean">From 0 to 1.</param>
/// <param name="HalfWidth">Of its 95 % interval, above 0.</param>
public sealed record PublishedMean(double Mean, double HalfWidth)
{
    /// <exception cref="RetortException">It is not written MEAN±HALFWIDTH.</exception>
    public static PublishedMean Read(string text)
    {
        var parts = text.Replace("+-", "±", StringComparison.Ordinal).Split('±');
        return parts.Length == 2 && Number(parts[0]) is { } mean && Number(parts[1]) is > 0 and { } half && mean is >= 0 and <= 1
            ? new PublishedMean(mean, half)
            : throw new RetortException("--means", $"'{text}' is no mean with its half-width.",
                "MEAN±HALFWIDTH, for instance 0.896±0.022 or 0.896+-0.022: a share from 0 to 1, and half of its 95 % interval.");
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <param name="a">The one it is compared with.</param>
    /// <param name="b">The one that is judged.</param>
    /// <param name="margin">The loss that still counts as none.</param>
    public static ScoreJudgement Judge(PublishedMean a, PublishedMean b, double margin)
    {
        var difference = b.Mean - a.Mean;
        var half = Math.Sqrt(a.HalfWidth * a.HalfWidth + b.HalfWidth * b.HalfWidth);
        var interval = new Interval(difference - half, difference + half);
        var outcome = Verdict.Decide(Verdict.FewestExamples, interval, margin);
        var judgement = new ScoreJudgement(difference, interval, null, outcome, null);
        return judgement with { Text = JudgementText.Of(judgement, a.Mean, b.Mean, margin, Times(outcome, difference, half, margin)) };
    }

    /// <summary>How many examples there were is not said, so only the factor is known: half-widths shrink with the root.</summary>
    private static string? Times(string outcome, double difference, double half, double margin)
    {
        var wanted = Math.Max(Math.Abs(difference), difference + margin);
        if (outcome != Verdict.NotEnoughData || wanted <= 0) return null;
        var power = (SampleSize.Normal975 + SampleSize.Normal80) / SampleSize.Normal975;
        return string.Create(CultureInfo.InvariantCulture,
            $"If the difference stays as it is, about {Math.Pow(power * half / wanted, 2):0.#} times as many examples would decide it (80 % power).");
    }
}
